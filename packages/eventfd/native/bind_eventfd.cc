#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>
#include <vector>

#include "arguments.h"
#include "bindings.h"
#include "fd/attachments.h"
#include "fd/io.h"
#include "loop/copy.h"
#include "loop/loop_watch.h"

// src/native.ts says what each function takes and gives. Errors are returned as negative errnos: JavaScript makes the
// error objects, where the name of the system call and the arguments are known.
//
// No function here touches a JavaScript object but typed arrays: a thread that is being terminated can still be in one
// of them, and from then on Node-API refuses all else, which node-addon-api takes for fatal.

namespace {

using efd::Attachments;
using efd::Check;

struct ThreadState;

// A copy of the JavaScript, and the descriptors it has attached. It is held while it watches one.
struct FdCopy {
  FdCopy(napi_env env, napi_value object, uint32_t id, ThreadState* state);

  // After what may have begun or ended a watch.
  void Update() {
    if (std::exchange(held, attachments.armed()) == held) return;
    held ? copy.Hold() : copy.LetGo();
  }

  efd::Copy copy;
  Attachments attachments;
  bool held = false;
};

// What the functions of one thread share: their data, until its environment ends.
struct ThreadState {
  ThreadState(uv_loop_t* loop, const Blocking& blocking) : loop(loop), blocking(blocking), loop_watch(loop) {}

  uv_loop_t* loop;
  const Blocking blocking;
  LoopWatch loop_watch;
  efd::RoomEpoll room;                          // of the descriptor that eventfdWrite waits for
  std::vector<std::unique_ptr<FdCopy>> copies;  // by number, which is never used again; null where it is gone
};

FdCopy::FdCopy(napi_env env, napi_value object, uint32_t id, ThreadState* state)
    : copy(
          env, object, id,
          [](void* owner, efd::Copy* copy) {
            auto* state = static_cast<ThreadState*>(owner);
            state->copies[copy->id()].reset();
          },
          state),
      attachments(state->loop, [this, env](int64_t id, efd::Side side) {
        Napi::HandleScope scope(env);
        copy.Call("ready", {Napi::Number::New(env, id), Napi::Number::New(env, side)});
      }) {}

ThreadState& StateOf(const Napi::CallbackInfo& info) {
  return *static_cast<ThreadState*>(info.Data());
}

// The copy that argument 0 names; null when there is none, which only a mistake in our own TypeScript makes.
FdCopy* CopyOf(const Napi::CallbackInfo& info) {
  const auto& copies = StateOf(info).copies;
  const uint32_t id = info[0].As<Napi::Number>().Uint32Value();
  return id < copies.size() ? copies[id].get() : nullptr;
}

int Int(const Napi::Value& value) {
  return value.As<Napi::Number>().Int32Value();
}
int64_t Id(const Napi::Value& value) {
  return value.As<Napi::Number>().Int64Value();
}
bool Bool(const Napi::Value& value) {
  return value.As<Napi::Boolean>().Value();
}
Napi::Value Number(const Napi::CallbackInfo& info, double value) {
  return Napi::Number::New(info.Env(), value);
}

// Sleeps for up to `ms`, by a call that is given a descriptor to poll along, and a place to say whether that was
// readable. It is the loop's where `watch_loop` says so, else -1. What JavaScript is told: 1 when the loop has
// something to do, else 0, or an errno.
template <typename Call>
Napi::Value SleepWith(const Napi::CallbackInfo& info, const Napi::Value& ms, const Napi::Value& watch_loop,
                      Call sleep) {
  LoopWatch& watch = StateOf(info).loop_watch;
  const Blocking& blocking = StateOf(info).blocking;
  bool loop_has_work = false;
  if (Int(ms) != 0) blocking.say(blocking.room, true);
  const int error = sleep(Bool(watch_loop) ? watch.fd() : -1, &loop_has_work);
  if (Int(ms) != 0) blocking.say(blocking.room, false);
  if (loop_has_work) watch.Heard();
  return Number(info, error != 0 ? error : loop_has_work);
}

Napi::Value Create(const Napi::CallbackInfo& info) {
  if (!Check(info, "nn")) return {};
  return Number(info, efd::Create(info[0].As<Napi::Number>().Uint32Value(), Int(info[1])));
}

Napi::Value TryRead(const Napi::CallbackInfo& info) {
  if (!Check(info, "n")) return {};
  uint64_t value;
  int error = efd::TryRead(Int(info[0]), &value);
  if (error != 0) return Number(info, error);
  return Napi::BigInt::New(info.Env(), value);
}

Napi::Value TryWrite(const Napi::CallbackInfo& info) {
  if (!Check(info, "ngn")) return {};
  bool lossless;
  uint64_t value = info[1].As<Napi::BigInt>().Uint64Value(&lossless);
  return Number(info, lossless ? efd::TryWrite(Int(info[0]), value, Int(info[2])) : -ERANGE);
}

Napi::Value Close(const Napi::CallbackInfo& info) {
  if (!Check(info, "n")) return {};
  return Number(info, efd::Registry::Instance().CloseOther(Int(info[0])));
}

Napi::Value IsNonBlocking(const Napi::CallbackInfo& info) {
  if (!Check(info, "n")) return {};
  return Number(info, efd::IsNonBlocking(Int(info[0])));
}

Napi::Value SetNonBlocking(const Napi::CallbackInfo& info) {
  if (!Check(info, "n")) return {};
  return Number(info, efd::SetNonBlocking(Int(info[0])));
}

Napi::Value PollReadable(const Napi::CallbackInfo& info) {
  if (!Check(info, "iunb")) return {};
  auto fds = info[0].As<Napi::Int32Array>();
  auto ready = info[1].As<Napi::Uint8Array>();
  size_t count = std::min(fds.ElementLength(), ready.ElementLength());
  std::vector<pollfd> polled;
  for (size_t i = 0; i < count; i++) polled.push_back({fds[i], POLLIN, 0});
  Napi::Value result = SleepWith(info, info[2], info[3], [&](int loop_fd, bool* loop_has_work) {
    return efd::Poll(&polled, loop_fd, Int(info[2]), loop_has_work);
  });
  for (size_t i = 0; i < count; i++) ready[i] = polled[i].revents != 0;
  return result;
}

Napi::Value Connect(const Napi::CallbackInfo& info) {
  if (!Check(info, "o")) return {};
  auto& state = StateOf(info);
  const auto id = static_cast<uint32_t>(state.copies.size());
  state.copies.push_back(std::make_unique<FdCopy>(info.Env(), info[0], id, &state));
  return Number(info, id);
}

Napi::Value Copies(const Napi::CallbackInfo& info) {
  napi_value array = nullptr;
  if (napi_create_array(info.Env(), &array) != napi_ok) return {};
  uint32_t count = 0;
  for (const auto& each : StateOf(info).copies) {
    napi_value copy = each == nullptr ? nullptr : each->copy.object();
    if (copy != nullptr) napi_set_element(info.Env(), array, count++, copy);
  }
  return Napi::Value(info.Env(), array);
}

Napi::Value WaitForRoom(const Napi::CallbackInfo& info) {
  if (!Check(info, "nnnb")) return {};
  FdCopy* copy = CopyOf(info);
  if (copy == nullptr) return Number(info, -ENOENT);
  return SleepWith(info, info[2], info[3], [&](int loop_fd, bool* loop_has_work) {
    return copy->attachments.WaitForRoom(Id(info[1]), loop_fd, Int(info[2]), loop_has_work);
  });
}

Napi::Value ForgetRoom(const Napi::CallbackInfo& info) {
  StateOf(info).room.Close();
  return info.Env().Undefined();
}

Napi::Value WaitForRoomOf(const Napi::CallbackInfo& info) {
  if (!Check(info, "nnb")) return {};
  return SleepWith(info, info[1], info[2], [&](int loop_fd, bool* loop_has_work) {
    return StateOf(info).room.Wait(Int(info[0]), loop_fd, Int(info[1]), loop_has_work);
  });
}

Napi::Value Share(const Napi::CallbackInfo& info) {
  if (!Check(info, "nnb")) return {};
  FdCopy* copy = CopyOf(info);
  return Number(info, copy == nullptr ? -ENOENT : copy->attachments.Add({Int(info[1]), Bool(info[2])}));
}

// Creating and sharing is one call, so that a thread that is terminated cannot leave the descriptor behind in between.
Napi::Value Open(const Napi::CallbackInfo& info) {
  if (!Check(info, "nnn")) return {};
  FdCopy* copy = CopyOf(info);
  if (copy == nullptr) return Number(info, -ENOENT);
  int flags = Int(info[2]);
  int fd = efd::Create(info[1].As<Napi::Number>().Uint32Value(), flags);
  if (fd < 0) return Number(info, fd);
  return Number(info, copy->attachments.Add({fd, (flags & EFD_SEMAPHORE) != 0}));
}

Napi::Value Attach(const Napi::CallbackInfo& info) {
  if (!Check(info, "nn")) return {};
  FdCopy* copy = CopyOf(info);
  return Number(info, copy == nullptr ? -ENOENT : copy->attachments.Attach(Id(info[1])));
}

Napi::Value Detach(const Napi::CallbackInfo& info) {
  if (!Check(info, "nn")) return {};
  if (FdCopy* copy = CopyOf(info)) {
    copy->attachments.Detach(Id(info[1]));
    copy->Update();
  }
  return info.Env().Undefined();
}

const efd::Descriptor* DescriptorIn(const Napi::CallbackInfo& info) {
  const FdCopy* copy = CopyOf(info);
  return copy == nullptr ? nullptr : copy->attachments.Find(Id(info[1]));
}

Napi::Value DescriptorOf(const Napi::CallbackInfo& info) {
  if (!Check(info, "nn")) return {};
  const efd::Descriptor* descriptor = DescriptorIn(info);
  return Number(info, descriptor == nullptr ? -ENOENT : descriptor->fd);
}

Napi::Value IsSemaphore(const Napi::CallbackInfo& info) {
  if (!Check(info, "nn")) return {};
  const efd::Descriptor* descriptor = DescriptorIn(info);
  return Napi::Boolean::New(info.Env(), descriptor != nullptr && descriptor->semaphore);
}

Napi::Value Watch(const Napi::CallbackInfo& info) {
  if (!Check(info, "nnnbb")) return {};
  FdCopy* copy = CopyOf(info);
  if (copy == nullptr) return Number(info, -ENOENT);
  auto side = Int(info[2]) == efd::kRoom ? efd::kRoom : efd::kReadable;
  const int error = copy->attachments.Watch(Id(info[1]), side, Bool(info[3]), Bool(info[4]));
  copy->Update();
  return Number(info, error);
}

}  // namespace

void BindEventFd(Napi::Env env, Napi::Object exports, const Blocking& blocking) {
  uv_loop_t* loop = nullptr;
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) return;
  auto* state = new ThreadState(loop, blocking);
  // Runs however the thread ends.
  napi_add_env_cleanup_hook(
      env, [](void* data) { delete static_cast<ThreadState*>(data); }, state);

  auto bind = [&]<typename Call>(const char* name, Call call) {
    exports.Set(name, Napi::Function::New(env, call, name, state));
  };
  bind("createFd", Create);
  bind("closeFd", Close);
  bind("readFd", TryRead);
  bind("writeFd", TryWrite);
  bind("isNonBlockingFd", IsNonBlocking);
  bind("setNonBlockingFd", SetNonBlocking);
  bind("pollFds", PollReadable);
  bind("connectFds", Connect);
  bind("fdCopies", Copies);
  bind("waitForFdRoom", WaitForRoom);
  bind("forgetRoom", ForgetRoom);
  bind("waitForRoomOf", WaitForRoomOf);
  bind("openFd", Open);
  bind("shareFd", Share);
  bind("attachFd", Attach);
  bind("detachFd", Detach);
  bind("descriptorOfFd", DescriptorOf);
  bind("isSemaphoreFd", IsSemaphore);
  bind("watchFd", Watch);

  exports.Set("EFD_CLOEXEC", static_cast<int>(EFD_CLOEXEC));
  exports.Set("EFD_NONBLOCK", static_cast<int>(EFD_NONBLOCK));
  exports.Set("EFD_SEMAPHORE", static_cast<int>(EFD_SEMAPHORE));
}
