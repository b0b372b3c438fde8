#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "bindings.h"
#include "core/participant.h"
#include "core/spin.h"
#include "loop/poll_handle.h"
#include "loop/waker_eventfd.h"

namespace {

using efd::Arena;
using efd::Arenas;
using efd::Outcome;
using efd::RealSync;
using Participant = efd::Participant<RealSync>;
using Waiter = efd::Waiter<RealSync>;

// What src/native.ts calls RoomResult. An index of a waiter is >= 0.
enum Result : int32_t { kGranted = -1, kClosed = -2, kWaiting = -3, kRefused = -4, kNoRoom = -5, kErrno = -1000 };

// The process's statics, shared by its threads: they all load the same addon. Never destroyed, since a thread may
// outlive the end of main.
struct Process {
  const uint64_t addon_id = RandomId();
  efd::Room<RealSync> room;
  Arenas arenas{addon_id};

  static Process& Get() {
    static auto* process = new Process;
    return *process;
  }

 private:
  Process() {
    // Of n cores, n - 1 may spin; on one core there is nobody to wait for.
    const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
    efd::Spinner<RealSync>::SetMostSpinning(static_cast<int>(cores) - 1);
  }

  // 53 bits, so that it is a JavaScript number.
  static uint64_t RandomId() {
    uint64_t id = 0;
    if (getrandom(&id, sizeof id, 0) != sizeof id) id = static_cast<uint64_t>(getpid());
    return id >> 11;
  }
};

// One environment's (thread's) part of the waiting room, and its place on the thread's loop.
class RoomEnv {
 public:
  static constexpr uint32_t kBatch = 256;  // outcomes told to JavaScript in one call

  static RoomEnv* Create(napi_env env) {
    auto* self = new RoomEnv(env);
    napi_add_async_cleanup_hook(env, OnCleanup, self, &self->hook_);
    return self;
  }

  Participant& participant() { return participant_; }

  // `batch` is where outcomes are written (index << 1 | closed) before `on_ready(count)` is called.
  void Connect(Napi::Uint32Array batch, Napi::Function on_ready) {
    batch_ = Napi::Persistent(batch);
    on_ready_ = Napi::Persistent(on_ready);
    // Node tears the environment's references down itself.
    batch_.SuppressDestruct();
    on_ready_.SuppressDestruct();
  }

  int32_t Park(Participant::Attachment* at, int32_t want, bool ref, bool pass_on) {
    if (const int error = Watch()) return kErrno - error;
    if (const int32_t result = Spin(at, want); result != kWaiting) return result;
    Waiter* waiter = participant_.NewWait(at, want);
    waiter->pass_on = pass_on;
    const Outcome outcome = room_.Arrive(waiter);
    if (outcome != Outcome::kWaiting) {
      participant_.EndWait(waiter);
      return ResultOf(outcome);
    }
    if (ref) {
      waiter->ref = true;
      if (refs_++ == 0) poll_->Ref();
    }
    return static_cast<int32_t>(waiter->index);
  }

  // True when it had been granted, and was given back.
  bool Leave(Waiter* waiter) {
    const bool granted = room_.Leave(waiter);
    EndWait(waiter);
    return granted;
  }

  // Begins a sync wait and sleeps its first slice; WaitSync sleeps the next ones. In between JavaScript runs, so that
  // the thread can be terminated.
  int32_t ParkSync(Participant::Attachment* at, int32_t want, bool pass_on, double ms) {
    LeaveSync();  // one that JavaScript was torn out of, by a vm timeout for instance
    if (const int error = Watch()) return kErrno - error;
    if (const int32_t result = Spin(at, want); result != kWaiting) return result;
    Waiter* waiter = participant_.NewWait(at, want);
    waiter->sync = true;
    waiter->pass_on = pass_on;
    const Outcome outcome = room_.Arrive(waiter);
    if (outcome != Outcome::kWaiting) {
      participant_.EndWait(waiter);
      return ResultOf(outcome);
    }
    sync_waiter_ = waiter;
    watch_loop_ = true;
    return WaitSync(ms);
  }

  int32_t WaitSync(double ms) {
    if (sync_waiter_ == nullptr) return kRefused;
    auto* thread = participant_.thread();
    const auto start = std::chrono::steady_clock::now();
    thread->BeginSyncWait();
    spinner_.Until([&] { return sync_waiter_->ready.load(); });
    int32_t result = kWaiting;
    for (;;) {
      bool loop_has_work = false;
      const std::chrono::duration<double, std::milli> gone = std::chrono::steady_clock::now() - start;
      const double left = ms - gone.count();
      if (left > 0 && thread->ParkUnlessReady(sync_waiter_)) {
        const auto slept = waker_.Sleep(watch_loop_ ? uv_backend_fd(loop_) : -1, static_cast<int>(left) + 1);
        thread->Unparked(slept.signalled);
        loop_has_work = slept.loop_has_work;
      }
      if (sync_waiter_->ready) {
        const Outcome outcome = room_.Resume(sync_waiter_);
        if (outcome != Outcome::kWaiting) {
          participant_.EndWait(sync_waiter_);
          sync_waiter_ = nullptr;
          result = ResultOf(outcome);
          break;
        }
      }
      if (loop_has_work) {
        // Perhaps a termination. If it is only a message, the loop stays readable until it runs, which it cannot: the
        // rest of this wait does not look at it.
        watch_loop_ = false;
        break;
      }
      if (left <= 0) break;
    }
    thread->EndSyncWait();
    return result;
  }

  // Ends the sync wait, if there is one. True when it had been granted, and was given back.
  bool LeaveSync() {
    if (sync_waiter_ == nullptr) return false;
    const bool granted = room_.Leave(sync_waiter_);
    participant_.EndWait(sync_waiter_);
    sync_waiter_ = nullptr;
    return granted;
  }

 private:
  explicit RoomEnv(napi_env env) : env_(env), room_(Process::Get().room), participant_(&room_, &waker_, /*id=*/0) {
    napi_get_uv_event_loop(env, &loop_);
  }

  static int32_t ResultOf(Outcome outcome) {
    return outcome == Outcome::kGranted ? kGranted : outcome == Outcome::kClosed ? kClosed : kWaiting;
  }

  int32_t Spin(Participant::Attachment* at, int32_t want) {
    auto result = efd::kNotNow;
    spinner_.Until([&] {
      result = efd::TryTake<RealSync>(at->cell(), at->slot(), want);
      return result != efd::kNotNow;
    });
    return result == efd::kTaken ? kGranted : result == efd::kIsClosed ? kClosed : kWaiting;
  }

  // Makes the waker, and has the loop watch it, at the thread's first wait. 0, or an errno.
  int Watch() {
    if (poll_ != nullptr) return 0;
    if (const int error = waker_.Open()) return error;
    int error = 0;
    poll_ = PollHandle::Create(
        loop_, waker_.fd(), [](void* self, int, int) { static_cast<RoomEnv*>(self)->OnSignal(); }, this, &error);
    if (poll_ == nullptr) return -error;
    poll_->Start(UV_READABLE);
    poll_->Unref();
    return 0;
  }

  void EndWait(Waiter* waiter) {
    if (waiter->ref && --refs_ == 0) poll_->Unref();
    participant_.EndWait(waiter);
  }

  // The loop was woken: note what was granted, then let JavaScript settle it, a batch in a call.
  void OnSignal() {
    auto* thread = participant_.thread();
    waker_.Drain();
    thread->Heard();
    LeaveSync();  // the loop runs, so nobody is in it: JavaScript was torn out of it
    for (int batches = 0; batches < 16; batches++) {
      Waiter* decided[kBatch];
      uint32_t count = 0;
      while (count < kBatch) {
        Waiter* waiter = thread->NextReady();
        if (waiter == nullptr) break;
        if (room_.Resume(waiter) != Outcome::kWaiting) decided[count++] = waiter;
      }
      if (count == 0) return;
      const bool told = Tell(decided, count);
      // From here on the ledger answers for their permits, whether JavaScript heard of them or not.
      for (uint32_t i = 0; i < count; i++) EndWait(decided[i]);
      if (!told) return;
    }
    thread->SignalSelfIfReady();  // others on this loop want their turn
  }

  // False when JavaScript cannot run any more: the loop of a worker turns once more when it ends.
  bool Tell(Waiter* const* decided, uint32_t count) {
    Napi::HandleScope scope(env_);
    uint32_t* batch = batch_.Value().Data();
    for (uint32_t i = 0; i < count; i++) {
      batch[i] = decided[i]->index << 1 | (decided[i]->outcome == Outcome::kClosed ? 1 : 0);
    }
    napi_value global, argument;
    if (napi_get_global(env_, &global) != napi_ok) return false;
    if (napi_create_uint32(env_, count, &argument) != napi_ok) return false;
    const napi_status status = napi_make_callback(env_, nullptr, global, on_ready_.Value(), 1, &argument, nullptr);
    if (status == napi_ok) return true;
    bool pending = false;
    napi_value error;
    if (napi_is_exception_pending(env_, &pending) == napi_ok && pending &&
        napi_get_and_clear_last_exception(env_, &error) == napi_ok) {
      napi_fatal_exception(env_, error);
    }
    return false;
  }

  static void OnCleanup(napi_async_cleanup_hook_handle, void* data) {
    auto* self = static_cast<RoomEnv*>(data);
    self->participant_.Die();
    if (self->poll_ == nullptr) {
      self->Finish();
    } else {
      self->poll_->Close([](void* data) { static_cast<RoomEnv*>(data)->Finish(); }, self);
    }
  }

  void Finish() {
    waker_.Close();
    napi_remove_async_cleanup_hook(hook_);
    delete this;
  }

  napi_env env_;
  uv_loop_t* loop_ = nullptr;
  napi_async_cleanup_hook_handle hook_ = nullptr;
  efd::Room<RealSync>& room_;
  WakerEventfd waker_;
  Participant participant_;
  PollHandle* poll_ = nullptr;
  int refs_ = 0;
  efd::Spinner<RealSync> spinner_;
  Waiter* sync_waiter_ = nullptr;
  bool watch_loop_ = true;
  Napi::Reference<Napi::Uint32Array> batch_;
  Napi::FunctionReference on_ready_;
};

RoomEnv& Env(const Napi::CallbackInfo& info) {
  return *static_cast<RoomEnv*>(info.Data());
}

int32_t Int(const Napi::CallbackInfo& info, int i) {
  return info[i].As<Napi::Number>().Int32Value();
}
uint32_t Uint(const Napi::CallbackInfo& info, int i) {
  return info[i].As<Napi::Number>().Uint32Value();
}
double Double(const Napi::CallbackInfo& info, int i) {
  return info[i].As<Napi::Number>().DoubleValue();
}
bool Bool(const Napi::CallbackInfo& info, int i) {
  return info[i].As<Napi::Boolean>().Value();
}
Napi::Value Number(const Napi::CallbackInfo& info, double value) {
  return Napi::Number::New(info.Env(), value);
}

// The attachment that argument 0 names; null when there is none, which only a mistake in our own TypeScript makes.
Participant::Attachment* At(const Napi::CallbackInfo& info) {
  return Env(info).participant().At(Uint(info, 0));
}
Arena* ArenaAt(const Napi::CallbackInfo& info) {
  return Env(info).participant().ArenaAt(Uint(info, 0));
}

Napi::Value Connect(const Napi::CallbackInfo& info) {
  Env(info).Connect(info[0].As<Napi::Uint32Array>(), info[1].As<Napi::Function>());
  return info.Env().Undefined();
}

Napi::Value CreateArena(const Napi::CallbackInfo& info) {
  auto bytes = info[0].As<Napi::Uint8Array>();
  bool is_new;
  return Number(info,
                Env(info).participant().Join(Process::Get().arenas.Create(bytes.Data(), bytes.ByteLength()), &is_new));
}

Napi::Value JoinArena(const Napi::CallbackInfo& info) {
  auto bytes = info[0].As<Napi::Uint8Array>();
  Arena* arena = nullptr;
  switch (Process::Get().arenas.Find(bytes.Data(), bytes.ByteLength(), &arena)) {
    case Arenas::Found::kNoArena:
      return Number(info, -1);
    case Arenas::Found::kOtherAddon:
      return Number(info, -2);
    case Arenas::Found::kOk:
      break;
  }
  bool is_new;
  return Number(info, Env(info).participant().Join(arena, &is_new));
}

Napi::Value GrowArena(const Napi::CallbackInfo& info) {
  if (Arena* arena = ArenaAt(info)) arena->SetBytes(info[1].As<Napi::Uint8Array>().ByteLength());
  return info.Env().Undefined();
}

Napi::Value AllocateCell(const Napi::CallbackInfo& info) {
  Arena* arena = ArenaAt(info);
  if (arena == nullptr) return Number(info, 0);
  return Number(info, arena->AllocateCell(Int(info, 1), Int(info, 2), Int(info, 3), Int(info, 4)));
}

Napi::Value CheckCell(const Napi::CallbackInfo& info) {
  Arena* arena = ArenaAt(info);
  if (arena == nullptr) return Number(info, static_cast<int>(Arena::Check::kNotACell));
  return Number(info, static_cast<int>(arena->CheckCell(Uint(info, 1), Int(info, 2), Uint(info, 3))));
}

Napi::Value DisposeCell(const Napi::CallbackInfo& info) {
  Arena* arena = ArenaAt(info);
  return Napi::Boolean::New(info.Env(), arena != nullptr && arena->Dispose(Uint(info, 1), Int(info, 2), Uint(info, 3)));
}

Napi::Value Attach(const Napi::CallbackInfo& info) {
  if (ArenaAt(info) == nullptr) return Number(info, kRefused);
  uint32_t id = 0;
  switch (
      Env(info).participant().Attach(Uint(info, 0), Uint(info, 1), Int(info, 2), Uint(info, 3), Bool(info, 4), &id)) {
    case Participant::Attached::kRefused:
      return Number(info, kRefused);
    case Participant::Attached::kNoRoom:
      return Number(info, kNoRoom);
    case Participant::Attached::kOk:
      break;
  }
  return Number(info, id);
}

Napi::Value SlotOf(const Napi::CallbackInfo& info) {
  auto* at = At(info);
  return Number(info, at == nullptr ? 0 : at->slot_offset);
}

Napi::Value Detach(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), At(info) != nullptr && Env(info).participant().Detach(Uint(info, 0)));
}

// The fast path's twin: arguments as in fastpath.wat, after the arena.
struct Twin {
  explicit Twin(const Napi::CallbackInfo& info) {
    Arena* arena = ArenaAt(info);
    const uint32_t cell_at = Uint(info, 1), slot_at = Uint(info, 2);
    if (arena == nullptr || !arena->Contains(cell_at) || !arena->Contains(slot_at)) return;
    cell = arena->At(cell_at);
    if (slot_at != 0) slot = arena->At(slot_at);
  }
  int32_t* cell = nullptr;
  int32_t* slot = nullptr;
};

Napi::Value TryAcquire(const Napi::CallbackInfo& info) {
  const Twin twin(info);
  if (twin.cell == nullptr) return Number(info, efd::kNoSlot);
  return Number(info, efd::TryAcquire<RealSync>(twin.cell, twin.slot, Int(info, 3)));
}

Napi::Value Release(const Napi::CallbackInfo& info) {
  const Twin twin(info);
  if (twin.slot == nullptr) return Number(info, efd::kNotHeld);
  return Number(info, efd::Release<RealSync>(twin.cell, twin.slot, Int(info, 3)));
}

Napi::Value Park(const Napi::CallbackInfo& info) {
  auto* at = At(info);
  return Number(info, at == nullptr ? kRefused : Env(info).Park(at, Int(info, 1), Bool(info, 2), Bool(info, 3)));
}

Napi::Value Leave(const Napi::CallbackInfo& info) {
  Waiter* waiter = Env(info).participant().WaiterAt(Uint(info, 0));
  return Napi::Boolean::New(info.Env(), waiter != nullptr && !waiter->sync && Env(info).Leave(waiter));
}

Napi::Value ParkSync(const Napi::CallbackInfo& info) {
  auto* at = At(info);
  return Number(info, at == nullptr ? kRefused : Env(info).ParkSync(at, Int(info, 1), Bool(info, 2), Double(info, 3)));
}

Napi::Value WaitSync(const Napi::CallbackInfo& info) {
  return Number(info, Env(info).WaitSync(Double(info, 0)));
}

Napi::Value LeaveSync(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), Env(info).LeaveSync());
}

Napi::Value Serve(const Napi::CallbackInfo& info) {
  if (auto* at = At(info)) Process::Get().room.Serve(at->cell());
  return info.Env().Undefined();
}

Napi::Value Notify(const Napi::CallbackInfo& info) {
  auto* at = At(info);
  return Number(info, at == nullptr ? 0 : Process::Get().room.Notify(at->cell(), Int(info, 1)));
}

Napi::Value Close(const Napi::CallbackInfo& info) {
  auto* at = At(info);
  return Napi::Boolean::New(info.Env(), at != nullptr && Process::Get().room.Close(at->cell()));
}

Napi::Value Resize(const Napi::CallbackInfo& info) {
  auto* at = At(info);
  return Napi::Boolean::New(info.Env(), at != nullptr && Process::Get().room.Resize(at->cell(), Int(info, 1)));
}

Napi::Value Forget(const Napi::CallbackInfo& info) {
  auto* at = At(info);
  return Napi::Boolean::New(info.Env(), at != nullptr && at->slot() != nullptr &&
                                            Process::Get().room.Forget(at->cell(), at->slot(), Int(info, 1)));
}

Napi::Value SetMostSpinning(const Napi::CallbackInfo& info) {
  efd::Spinner<RealSync>::SetMostSpinning(Int(info, 0));
  return info.Env().Undefined();
}

}  // namespace

void BindRoom(Napi::Env env, Napi::Object exports) {
  RoomEnv* room_env = RoomEnv::Create(env);
  const auto bind = [&](const char* name, Napi::Value (*function)(const Napi::CallbackInfo&)) {
    exports.Set(name, Napi::Function::New(env, function, name, room_env));
  };
  exports.Set("addonId", Napi::Number::New(env, static_cast<double>(Process::Get().addon_id)));
  exports.Set("batchLength", Napi::Number::New(env, RoomEnv::kBatch));
  bind("connect", Connect);
  bind("createArena", CreateArena);
  bind("joinArena", JoinArena);
  bind("growArena", GrowArena);
  bind("allocateCell", AllocateCell);
  bind("checkCell", CheckCell);
  bind("disposeCell", DisposeCell);
  bind("attach", Attach);
  bind("slotOf", SlotOf);
  bind("detach", Detach);
  bind("tryAcquire", TryAcquire);
  bind("release", Release);
  bind("park", Park);
  bind("leave", Leave);
  bind("parkSync", ParkSync);
  bind("waitSync", WaitSync);
  bind("leaveSync", LeaveSync);
  bind("serve", Serve);
  bind("notify", Notify);
  bind("close", Close);
  bind("resize", Resize);
  bind("forget", Forget);
  bind("setMostSpinning", SetMostSpinning);
}
