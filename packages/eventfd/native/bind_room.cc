#include "bindings.h"
#include "room_arguments.h"

namespace {

using efd::At;
using efd::Bool;
using efd::Checked;
using efd::Double;
using efd::Env;
using efd::Int;
using efd::Number;
using efd::Process;
using efd::RealSync;
using efd::Refuse;
using efd::Role;
using efd::RoomEnv;
using efd::Uint;
using Waiter = efd::RealWaiter;

// What a waiter can be, in arguments 1 to 5.
bool IsWait(const Napi::CallbackInfo& info) {
  const int32_t want = Int(info, 1), role = Int(info, 2), priority = Int(info, 4);
  return want >= 0 && want <= efd::kMaxPermits && role >= 0 && role <= static_cast<int32_t>(Role::kDrawer) &&
         priority >= 0 && priority <= efd::kMostPriority;
}
RoomEnv::Wanted WantedOf(const Napi::CallbackInfo& info) {
  return {Int(info, 1), static_cast<Role>(Int(info, 2)), Bool(info, 3), static_cast<uint8_t>(Int(info, 4)),
          Double(info, 5)};
}

Napi::Value Connect(const Napi::CallbackInfo& info) {
  auto batch = info[1].As<Napi::Uint32Array>();
  if (batch.ElementLength() < RoomEnv::kBatch) return Refuse(info);
  return Number(info, Env(info).Connect(Int(info, 0), batch, info[2].As<Napi::Object>()));
}

Napi::Value Copies(const Napi::CallbackInfo& info) {
  napi_value array = nullptr;
  if (napi_create_array(info.Env(), &array) != napi_ok) return {};
  uint32_t count = 0;
  Env(info).ForEachCopy([&](napi_value copy) { napi_set_element(info.Env(), array, count++, copy); });
  return Napi::Value(info.Env(), array);
}

Napi::Value Park(const Napi::CallbackInfo& info) {
  if (!IsWait(info)) return Refuse(info);
  auto* at = At(info);
  if (at != nullptr && !Env(info).IsCopy(at->copy)) return Refuse(info);  // whom would it tell?
  return Number(info, at == nullptr ? efd::Result::kRefused : Env(info).Park(at, WantedOf(info), Bool(info, 6)));
}

Napi::Value Leave(const Napi::CallbackInfo& info) {
  Waiter* waiter = Env(info).participant().WaiterAt(Uint(info, 0));
  if (waiter == nullptr || waiter->sync || Env(info).IsBeingTold(waiter)) return Napi::Boolean::New(info.Env(), false);
  return Napi::Boolean::New(info.Env(), Env(info).Leave(waiter));
}

Napi::Value Expire(const Napi::CallbackInfo& info) {
  Waiter* waiter = Env(info).participant().WaiterAt(Uint(info, 0));
  if (waiter == nullptr || waiter->sync || Env(info).IsBeingTold(waiter)) {
    return Number(info, efd::Result::kRefused);
  }
  return Number(info, Env(info).Expire(waiter));
}

Napi::Value HeardExpired(const Napi::CallbackInfo& info) {
  Env(info).HeardExpired();
  return info.Env().Undefined();
}

Napi::Value ExpireSync(const Napi::CallbackInfo& info) {
  return Number(info, Env(info).ExpireSync());
}

Napi::Value ParkSync(const Napi::CallbackInfo& info) {
  if (!IsWait(info)) return Refuse(info);
  auto* at = At(info);
  return Number(info, at == nullptr ? efd::Result::kRefused : Env(info).ParkSync(at, WantedOf(info), Double(info, 6)));
}

// What `take(room, attachment, permits)` says for an attachment's id and a number of permits; kNotNow where there is
// none. For the shortest ways to a permit: without node-addon-api, which costs as much as the rest.
template <class Take>
napi_value AtOnce(napi_env env, napi_callback_info info, Take take) {
  std::size_t count = 2;
  napi_value given[2], result = nullptr;
  void* data = nullptr;
  uint32_t id = 0;
  int32_t permits = 0, taken = efd::kNotNow;
  if (napi_get_cb_info(env, info, &count, given, nullptr, &data) != napi_ok || count < 2 ||
      napi_get_value_uint32(env, given[0], &id) != napi_ok ||
      napi_get_value_int32(env, given[1], &permits) != napi_ok) {
    napi_throw_type_error(env, nullptr, "eventfd: bad argument to the addon");
    return nullptr;
  }
  auto* room = static_cast<RoomEnv*>(data);
  auto* at = room->participant().At(id);
  if (at != nullptr && permits > 0) taken = take(room, at, permits);
  napi_create_int32(env, taken, &result);
  return result;
}

napi_value SpinSync(napi_env env, napi_callback_info info) {
  return AtOnce(env, info, [](RoomEnv* room, auto* at, int32_t permits) {
    return at->slot() == nullptr ? efd::kNotNow : room->SpinSync(at, permits);
  });
}

Napi::Value WaitSync(const Napi::CallbackInfo& info) {
  return Number(info, Env(info).WaitSync(Double(info, 0)));
}

Napi::Value Heard(const Napi::CallbackInfo& info) {
  Env(info).Heard();
  return info.Env().Undefined();
}

Napi::Value HeardSync(const Napi::CallbackInfo& info) {
  Env(info).HeardSync();
  return info.Env().Undefined();
}

Napi::Value LeaveSync(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), Env(info).LeaveSync());
}

Napi::Value Serve(const Napi::CallbackInfo& info) {
  auto* at = At(info);
  return Number(info, at == nullptr ? 0 : Process::Get().room.Serve(at->cell()));
}

// As efd::TryDraw.
napi_value TryDraw(napi_env env, napi_callback_info info) {
  return AtOnce(env, info, [](RoomEnv*, const auto* at, int32_t permits) -> int32_t {
    return at->kind == efd::kRateLimit ? efd::TryDraw<RealSync>(at->cell(), permits) : efd::kNotNow;
  });
}

Napi::Value GiveBackTokens(const Napi::CallbackInfo& info) {
  auto* at = At(info);
  const int32_t tokens = Int(info, 1);
  if (at != nullptr && at->kind == efd::kRateLimit && tokens > 0) {
    Process::Get().room.GiveBackTokens(at->cell(), tokens);
  }
  return info.Env().Undefined();
}

Napi::Value Available(const Napi::CallbackInfo& info) {
  const auto* at = At(info);
  return Number(info, at == nullptr ? 0 : efd::Rate<RealSync>::Available(at->cell(), efd::Rate<RealSync>::Now()));
}

// In milliseconds.
Napi::Value RetryAfter(const Napi::CallbackInfo& info) {
  const auto* at = At(info);
  const int64_t ns = at == nullptr ? 0 : Process::Get().room.RetryAfter(at->cell(), Int(info, 1));
  return Number(info, static_cast<double>(ns) / 1e6);
}

Napi::Value Notify(const Napi::CallbackInfo& info) {
  auto* at = At(info);
  return Number(info, at == nullptr ? 0 : Process::Get().room.Notify(at->cell(), Int(info, 1)));
}

Napi::Value Resize(const Napi::CallbackInfo& info) {
  auto* at = At(info);
  return Napi::Boolean::New(info.Env(),
                            at != nullptr && Process::Get().room.Resize(at->cell(), Int(info, 1), Int(info, 2)));
}

Napi::Value Forget(const Napi::CallbackInfo& info) {
  auto* at = At(info);
  return Napi::Boolean::New(info.Env(), at != nullptr && at->slot() != nullptr &&
                                            Process::Get().room.Forget(at->cell(), at->slot(), Int(info, 1)));
}

Napi::Value SetEvent(const Napi::CallbackInfo& info) {
  auto* at = At(info);
  return Number(info, at == nullptr ? 0 : Process::Get().room.SetEvent(at->cell()));
}

Napi::Value SetBroken(const Napi::CallbackInfo& info) {
  if (const auto* at = At(info)) Process::Get().room.SetBroken(at->cell(), Bool(info, 1));
  return info.Env().Undefined();
}

Napi::Value TakeAbandoned(const Napi::CallbackInfo& info) {
  const auto* at = At(info);
  return Napi::Boolean::New(info.Env(), at != nullptr && Process::Get().room.TakeAbandoned(at->cell()));
}

Napi::Value FindDeadlock(const Napi::CallbackInfo& info) {
  const auto steps = Process::Get().roster.FindDeadlock(&Env(info).participant());
  auto array = Napi::Array::New(info.Env(), steps.size());
  for (uint32_t i = 0; i < steps.size(); i++) {
    auto step = Napi::Object::New(info.Env());
    step.Set("thread", steps[i].thread);
    step.Set("arena", static_cast<double>(steps[i].arena));
    step.Set("cell", steps[i].offset);
    step.Set("generation", steps[i].generation);
    step.Set("name", steps[i].name);
    array.Set(i, step);
  }
  return array;
}

// A name of what is noted of a hold: a number that JavaScript keeps for it.
efd::HoldNotes::Id HoldId(const Napi::CallbackInfo& info, int i) {
  const double id = Double(info, i);
  return id >= 1 && id <= 9007199254740991.0 ? static_cast<efd::HoldNotes::Id>(id) : 0;
}

Napi::Value NoteHold(const Napi::CallbackInfo& info) {
  const std::string stack = info[2].As<Napi::String>();
  const auto id = Env(info).participant().NoteHold(Uint(info, 0), Int(info, 1), stack);
  return Number(info, static_cast<double>(id));
}

Napi::Value SplitHold(const Napi::CallbackInfo& info) {
  return Number(info, static_cast<double>(Env(info).participant().SplitHold(HoldId(info, 0), Int(info, 1))));
}

Napi::Value MergeHolds(const Napi::CallbackInfo& info) {
  Env(info).participant().MergeHolds(HoldId(info, 0), HoldId(info, 1));
  return info.Env().Undefined();
}

Napi::Value DropHold(const Napi::CallbackInfo& info) {
  Env(info).participant().DropHold(HoldId(info, 0));
  return info.Env().Undefined();
}

Napi::Array AcquiredBy(Napi::Env env, const efd::HolderInfo& holder, int64_t now) {
  auto array = Napi::Array::New(env, holder.acquired.size());
  for (uint32_t i = 0; i < holder.acquired.size(); i++) {
    const efd::HoldNotes::Noted& noted = holder.acquired[i];
    auto entry = Napi::Object::New(env);
    entry.Set("permits", noted.permits);
    entry.Set("holds", noted.holds);
    entry.Set("heldMs", static_cast<double>((now - noted.since) / 1'000'000));
    entry.Set("stack", *noted.stack);
    array.Set(i, entry);
  }
  return array;
}

Napi::Value Inspect(const Napi::CallbackInfo& info) {
  const auto env = info.Env();
  const auto objects = Process::Get().roster.Inspect(&Process::Get().room);
  const int64_t now = RealSync::Nanoseconds();
  auto array = Napi::Array::New(env, objects.size());
  for (uint32_t i = 0; i < objects.size(); i++) {
    const efd::ObjectInfo& object = objects[i];
    auto holders = Napi::Array::New(env, object.holders.size());
    for (uint32_t j = 0; j < object.holders.size(); j++) {
      auto holder = Napi::Object::New(env);
      holder.Set("thread", object.holders[j].thread);
      holder.Set("permits", object.holders[j].permits);
      holder.Set("acquired", AcquiredBy(env, object.holders[j], now));
      holders.Set(j, holder);
    }
    auto waiters = Napi::Array::New(env, object.waiters.size());
    for (uint32_t j = 0; j < object.waiters.size(); j++) {
      auto waiter = Napi::Object::New(env);
      waiter.Set("thread", object.waiters[j].thread);
      waiter.Set("permits", object.waiters[j].want);
      waiter.Set("sync", object.waiters[j].sync);
      waiter.Set("waitedMs", static_cast<double>((now - object.waiters[j].since) / 1'000'000));
      waiter.Set("priority", object.waiters[j].priority);
      waiters.Set(j, waiter);
    }
    auto entry = Napi::Object::New(env);
    entry.Set("arena", static_cast<double>(object.arena));
    entry.Set("cell", object.offset);
    entry.Set("generation", object.generation);
    entry.Set("kind", object.kind);
    entry.Set("name", object.name);
    entry.Set("free", object.free);
    entry.Set("total", object.total);
    entry.Set("flags", object.flags);
    entry.Set("maxWaiting", object.max_waiting);
    entry.Set("aging", object.aging);
    entry.Set("max", object.max);
    entry.Set("interval", object.interval);
    entry.Set("holders", holders);
    entry.Set("waiters", waiters);
    array.Set(i, entry);
  }
  return array;
}

// For what must not depend on JavaScript's clocks, which anybody may replace: milliseconds since whenever, never back.
Napi::Value Now(const Napi::CallbackInfo& info) {
  const std::chrono::duration<double, std::milli> now = std::chrono::steady_clock::now().time_since_epoch();
  return Number(info, now.count());
}

Napi::Value IsTurnDue(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), Env(info).IsTurnDue());
}

Napi::Value SetMostSpinning(const Napi::CallbackInfo& info) {
  efd::Spinner<RealSync>::SetMostSpinning(Int(info, 0));
  return info.Env().Undefined();
}

}  // namespace

Blocking BindRoom(Napi::Env env, Napi::Object exports, std::unique_ptr<efd::LoopWaker> waker) {
  exports.Set("waker", Napi::String::New(env, waker->name()));
  auto* room_env = new RoomEnv(env, std::move(waker));
  const auto bind = [&](const char* name, Napi::Value (*function)(const Napi::CallbackInfo&)) {
    exports.Set(name, Napi::Function::New(env, function, name, room_env));
  };
  exports.Set("addonId", Napi::Number::New(env, static_cast<double>(Process::Get().addon_id)));
  exports.Set("batchLength", Napi::Number::New(env, RoomEnv::kBatch));
  exports.Set("counts", Napi::Object::New(env));
  bind("connect", Checked<Connect, "nwo">);
  bind("copies", Copies);
  bind("park", Checked<Park, "nnnbnnb">);
  bind("leave", Checked<Leave, "n">);
  bind("expire", Checked<Expire, "n">);
  bind("heardExpired", HeardExpired);
  bind("expireSync", ExpireSync);
  bind("parkSync", Checked<ParkSync, "nnnbnnn">);
  bind("waitSync", Checked<WaitSync, "n">);
  bind("heard", Heard);
  bind("heardSync", HeardSync);
  bind("leaveSync", LeaveSync);
  bind("serve", Checked<Serve, "n">);
  bind("giveBackTokens", Checked<GiveBackTokens, "nn">);
  bind("available", Checked<Available, "n">);
  bind("retryAfter", Checked<RetryAfter, "nn">);
  const auto bind_plain = [&](const char* name, napi_callback function) {
    napi_value made = nullptr;
    if (napi_create_function(env, name, NAPI_AUTO_LENGTH, function, room_env, &made) == napi_ok)
      exports.Set(name, made);
  };
  bind_plain("spinSync", SpinSync);
  bind_plain("tryDraw", TryDraw);
  bind("notify", Checked<Notify, "nn">);
  bind("resize", Checked<Resize, "nnn">);
  bind("forget", Checked<Forget, "nn">);
  bind("setEvent", Checked<SetEvent, "n">);
  bind("setBroken", Checked<SetBroken, "nb">);
  bind("takeAbandoned", Checked<TakeAbandoned, "n">);
  bind("findDeadlock", FindDeadlock);
  bind("noteHold", Checked<NoteHold, "nns">);
  bind("splitHold", Checked<SplitHold, "nn">);
  bind("mergeHolds", Checked<MergeHolds, "nn">);
  bind("dropHold", Checked<DropHold, "n">);
  bind("inspect", Inspect);
  bind("now", Now);
  bind("isTurnDue", IsTurnDue);
  bind("setMostSpinning", Checked<SetMostSpinning, "n">);
  return {room_env, [](void* room, bool blocks) { static_cast<RoomEnv*>(room)->BlocksElsewhere(blocks); }};
}
