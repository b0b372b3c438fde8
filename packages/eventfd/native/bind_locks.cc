#include <string>

#include "arguments.h"
#include "bindings.h"
#include "loop/room_env.h"

// Web Locks: what core/lock_table.h decides, for packages/semaphore/src/web-locks.

namespace {

using efd::Checked;
using efd::LockMode;
using efd::LockState;
using efd::LockUrgency;
using efd::Process;
using efd::RealLockRequest;
using efd::Refuse;
using efd::RoomEnv;
using Table = efd::LockTable<efd::RealSync>;

// What src/native.ts calls LockResult.
enum : int32_t { kEnded = -1, kNotAvailable = -2 };

RoomEnv& Env(const Napi::CallbackInfo& info) {
  return *static_cast<RoomEnv*>(info.Data());
}

napi_value Number(napi_env env, int32_t value) {
  napi_value result = nullptr;
  napi_create_int32(env, value, &result);
  return result;
}

napi_value BadArgument(napi_env env) {
  napi_throw_type_error(env, nullptr, "eventfd: bad argument to the addon");
  return nullptr;
}

// A name, which is of any length and of any code units. Most are short: no allocation for those.
class Name {
 public:
  bool Read(napi_env env, napi_value value) {
    if (napi_get_value_string_utf16(env, value, shorter_, kShorter, &length_) != napi_ok) return false;
    if (length_ < kShorter - 1) return true;
    // It fills the buffer, and may be longer.
    if (napi_get_value_string_utf16(env, value, nullptr, 0, &length_) != napi_ok) return false;
    longer_.resize(length_);
    return napi_get_value_string_utf16(env, value, longer_.data(), length_ + 1, &length_) == napi_ok;
  }
  std::u16string_view text() const {
    return longer_.empty() ? std::u16string_view(shorter_, length_) : std::u16string_view(longer_);
  }

 private:
  static constexpr std::size_t kShorter = 128;
  char16_t shorter_[kShorter];
  std::u16string longer_;
  std::size_t length_ = 0;
};

// In Node-API's plain functions: node-addon-api's take half as long again.
napi_value RequestLock(napi_env env, napi_callback_info info) {
  std::size_t count = 5;
  napi_value given[5];
  void* data = nullptr;
  uint32_t copy = 0, urgency = 0;
  bool shared = false, ref = false;
  Name name;
  if (napi_get_cb_info(env, info, &count, given, nullptr, &data) != napi_ok || count < 5 ||
      napi_get_value_uint32(env, given[0], &copy) != napi_ok || !name.Read(env, given[1]) ||
      napi_get_value_bool(env, given[2], &shared) != napi_ok ||
      napi_get_value_uint32(env, given[3], &urgency) != napi_ok ||
      napi_get_value_bool(env, given[4], &ref) != napi_ok) {
    return BadArgument(env);
  }
  auto& room = *static_cast<RoomEnv*>(data);
  if (!room.IsCopy(copy) || urgency > static_cast<uint32_t>(LockUrgency::kSteals)) return BadArgument(env);
  RealLockRequest* made = nullptr;
  const int error = room.MakeLock(name.text(), shared ? LockMode::kShared : LockMode::kExclusive,
                                  static_cast<LockUrgency>(urgency), ref, copy, &made);
  if (error != 0) return Number(env, efd::Result::kErrno - error);
  if (made == nullptr) return Number(env, kNotAvailable);
  return Number(env, static_cast<int32_t>(made->index << 1 | (made->at_once ? 1 : 0)));
}

// The request of that index; null when there is none, which only a mistake in our own TypeScript makes.
RealLockRequest* RequestOf(napi_env env, napi_callback_info info, RoomEnv** room) {
  std::size_t count = 1;
  napi_value given = nullptr;
  void* data = nullptr;
  uint32_t index = 0;
  if (napi_get_cb_info(env, info, &count, &given, nullptr, &data) != napi_ok || count < 1 ||
      napi_get_value_uint32(env, given, &index) != napi_ok) {
    return nullptr;
  }
  *room = static_cast<RoomEnv*>(data);
  return (*room)->participant().lock_client()->At(index);
}

napi_value EndLock(napi_env env, napi_callback_info info) {
  RoomEnv* room = nullptr;
  RealLockRequest* request = RequestOf(env, info, &room);
  return Number(env, request == nullptr ? kEnded : static_cast<int32_t>(room->EndLock(request)));
}

napi_value ExpireLock(napi_env env, napi_callback_info info) {
  RoomEnv* room = nullptr;
  RealLockRequest* request = RequestOf(env, info, &room);
  return Number(env, request == nullptr ? kEnded : static_cast<int32_t>(room->ExpireLock(request)));
}

Napi::Value TakeLockNews(const Napi::CallbackInfo& info) {
  const auto copy = info[0].As<Napi::Number>().Uint32Value();
  auto batch = info[1].As<Napi::Uint32Array>();
  uint32_t count = 0;
  if (!Env(info).IsCopy(copy)) return Refuse(info);
  uint32_t* words = batch.Data();
  const auto most = static_cast<uint32_t>(batch.ElementLength());
  Env(info).TakeLockNews(copy, most, [&](const RealLockRequest* request, bool was_granted, bool is_stolen) {
    words[count++] = request->index << 2 | (was_granted ? 1u : 0u) | (is_stolen ? 2u : 0u);
  });
  return Napi::Number::New(info.Env(), count);
}

Napi::Array Told(Napi::Env env, const std::vector<Table::Info>& infos) {
  const int64_t now = efd::RealSync::Nanoseconds();
  auto array = Napi::Array::New(env, infos.size());
  for (uint32_t i = 0; i < infos.size(); i++) {
    const Napi::HandleScope scope(env);
    auto told = Napi::Object::New(env);
    // As it is: Set() would make UTF-8 of a Napi::String, and so another of a lone surrogate.
    told.Set("name", static_cast<napi_value>(Napi::String::New(env, infos[i].name)));
    told.Set("shared", Napi::Boolean::New(env, infos[i].mode == LockMode::kShared));
    told.Set("thread", Napi::Number::New(env, infos[i].thread));
    told.Set("ms", Napi::Number::New(env, static_cast<double>((now - infos[i].since) / 1'000'000)));
    array.Set(i, told);
  }
  return array;
}

Napi::Value QueryLocks(const Napi::CallbackInfo& info) {
  const Table::Snapshot snapshot = Process::Get().locks.Query();
  auto result = Napi::Object::New(info.Env());
  result.Set("held", Told(info.Env(), snapshot.held));
  result.Set("pending", Told(info.Env(), snapshot.pending));
  return result;
}

}  // namespace

void BindLocks(Napi::Env env, Napi::Object exports, void* room) {
  const auto bind = [&](const char* name, Napi::Value (*function)(const Napi::CallbackInfo&)) {
    exports.Set(name, Napi::Function::New(env, function, name, room));
  };
  const auto bind_plain = [&](const char* name, napi_callback function) {
    napi_value made = nullptr;
    if (napi_create_function(env, name, NAPI_AUTO_LENGTH, function, room, &made) == napi_ok) exports.Set(name, made);
  };
  bind_plain("requestLock", RequestLock);
  bind_plain("endLock", EndLock);
  bind_plain("expireLock", ExpireLock);
  bind("takeLockNews", Checked<TakeLockNews, "nw">);
  bind("queryLocks", QueryLocks);
}
