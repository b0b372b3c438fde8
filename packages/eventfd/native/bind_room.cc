#include "arguments.h"
#include "bindings.h"
#include "loop/room_env.h"

namespace {

using efd::Arena;
using efd::Arenas;
using efd::Checked;
using efd::Process;
using efd::RealSync;
using efd::Refuse;
using efd::Role;
using efd::RoomEnv;
using Participant = efd::RealParticipant;
using Waiter = efd::RealWaiter;

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
bool IsCount(int32_t permits) {
  return permits >= -efd::kMaxPermits && permits <= efd::kMaxPermits;
}

// The attachment that argument 0 names; null when there is none, which only a mistake in our own TypeScript makes.
Participant::Attachment* At(const Napi::CallbackInfo& info) {
  return Env(info).participant().At(Uint(info, 0));
}
Arena* ArenaAt(const Napi::CallbackInfo& info) {
  return Env(info).participant().ArenaAt(Uint(info, 0));
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

Napi::Value CreateArena(const Napi::CallbackInfo& info) {
  auto bytes = info[1].As<Napi::Uint8Array>();
  // Memory that is not shared may be resized, or taken away by a transfer.
  if (!Env(info).IsCopy(Uint(info, 0)) || bytes.ArrayBuffer().IsArrayBuffer()) return Refuse(info);
  const efd::ArenaRef arena = Process::Get().arenas.Create(bytes.Data(), bytes.ByteLength());
  if (arena == nullptr) return Refuse(info);
  return Number(info, Env(info).Join(arena, Uint(info, 0), info[2].As<Napi::Object>()));
}

Napi::Value JoinArena(const Napi::CallbackInfo& info) {
  if (!Env(info).IsCopy(Uint(info, 0))) return Refuse(info);
  auto bytes = info[1].As<Napi::Uint8Array>();
  efd::ArenaRef arena;
  switch (Process::Get().arenas.Find(bytes.Data(), bytes.ByteLength(), &arena)) {
    case Arenas::Found::kNoArena:
      return Number(info, -1);
    case Arenas::Found::kOtherAddon:
      return Number(info, -2);
    case Arenas::Found::kOk:
      break;
  }
  return Number(info, Env(info).Join(arena, Uint(info, 0), info[2].As<Napi::Object>()));
}

Napi::Value MemoryOf(const Napi::CallbackInfo& info) {
  auto* memory = Env(info).MemoryOf(Uint(info, 0));
  return memory == nullptr ? info.Env().Undefined() : memory->Value();
}

Napi::Value KeepMemory(const Napi::CallbackInfo& info) {
  if (auto* memory = Env(info).MemoryOf(Uint(info, 0))) *memory = Napi::Persistent(info[1].As<Napi::Object>());
  return info.Env().Undefined();
}

Napi::Value LeaveArena(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), Env(info).LeaveArena(Uint(info, 1), Uint(info, 0)));
}

Napi::Value GrowArena(const Napi::CallbackInfo& info) {
  Arena* arena = ArenaAt(info);
  auto bytes = info[1].As<Napi::Uint8Array>();
  if (arena != nullptr && bytes.Data() != arena->base()) return Refuse(info);
  if (arena != nullptr) arena->SetBytes(bytes.ByteLength());
  return Napi::Boolean::New(info.Env(), arena != nullptr && arena->HasRoom());
}

Napi::Value AllocateCell(const Napi::CallbackInfo& info) {
  Arena* arena = ArenaAt(info);
  if (arena == nullptr) return Number(info, 0);
  if (arena->has_keeper()) return Refuse(info);  // its cells have names
  const int32_t kind = Int(info, 1), flags = Int(info, 2), permits = Int(info, 3), max = Int(info, 4);
  if (kind < efd::kSemaphore || kind > efd::kBarrier || !IsCount(permits) || !IsCount(max)) return Refuse(info);
  return Number(info,
                arena->AllocateCell(kind, flags, permits, max, info[5].As<Napi::String>(), Int(info, 6), Int(info, 7)));
}

// A cell of kRateLimit; else as above.
Napi::Value AllocateRate(const Napi::CallbackInfo& info) {
  Arena* arena = ArenaAt(info);
  if (arena == nullptr) return Number(info, 0);
  const int32_t limit = Int(info, 1), burst = Int(info, 3);
  const double interval = Double(info, 2);
  if (limit < 1 || !IsCount(limit) || burst < 1 || !IsCount(burst) || !(interval > 0 && interval <= 1e11)) {
    return Refuse(info);
  }
  const uint32_t cell = arena->AllocateCell(efd::kRateLimit, 0, 0, burst, info[4].As<Napi::String>(), Int(info, 5));
  if (cell != 0) efd::Rate<RealSync>::Make(arena->At(cell), limit, interval);
  return Number(info, cell);
}

Napi::Value CheckCell(const Napi::CallbackInfo& info) {
  Arena* arena = ArenaAt(info);
  if (arena == nullptr) return Number(info, static_cast<int>(Arena::Check::kNotACell));
  return Number(info, static_cast<int>(arena->CheckCell(Uint(info, 1), Int(info, 2), Uint(info, 3))));
}

Napi::Value CloseCell(const Napi::CallbackInfo& info) {
  Arena* arena = ArenaAt(info);
  const uint32_t cell = Uint(info, 1);
  if (arena == nullptr || arena->Attach(cell, Int(info, 2), Uint(info, 3)) != Arena::Check::kOk) {
    return Napi::Boolean::New(info.Env(), false);
  }
  // Attached without a ledger, so that the cell does not become another's meanwhile.
  const bool closed = Process::Get().room.Close(arena->At(cell));
  arena->Detach(cell);
  return Napi::Boolean::New(info.Env(), closed);
}

Napi::Value DisposeCell(const Napi::CallbackInfo& info) {
  Arena* arena = ArenaAt(info);
  if (arena != nullptr && arena->has_keeper()) return Refuse(info);  // the last to let go does
  return Napi::Boolean::New(info.Env(), arena != nullptr && arena->Dispose(Uint(info, 1), Int(info, 2), Uint(info, 3)));
}

Napi::Value Attach(const Napi::CallbackInfo& info) {
  const uint32_t copy = Uint(info, 0), arena = Uint(info, 1);
  auto& participant = Env(info).participant();
  if (!Env(info).IsCopy(copy) || participant.ArenaAt(arena) == nullptr) return Number(info, efd::Result::kRefused);
  uint32_t id = 0;
  switch (participant.Attach(arena, Uint(info, 2), Int(info, 3), Uint(info, 4), &id, copy)) {
    case Participant::Attached::kRefused:
      return Number(info, efd::Result::kRefused);
    case Participant::Attached::kNoRoom:
      return Number(info, efd::Result::kNoRoom);
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
  return Napi::Boolean::New(info.Env(), At(info) != nullptr && Env(info).Detach(Uint(info, 0)));
}

// The fast path's twin: arguments as in fastpath.wat, after the arena.
struct Twin {
  Twin(const Napi::CallbackInfo& info, bool with_slot) {
    Arena* arena = ArenaAt(info);
    const uint32_t cell_at = Uint(info, 1), slot_at = with_slot ? Uint(info, 2) : 0;
    if (arena == nullptr || !arena->Contains(cell_at) || !arena->Contains(slot_at)) return;
    cell = arena->At(cell_at);
    if (slot_at != 0) slot = arena->At(slot_at);
  }
  int32_t* cell = nullptr;
  int32_t* slot = nullptr;
};

Napi::Value TryAcquire(const Napi::CallbackInfo& info) {
  const Twin twin(info, true);
  if (twin.cell == nullptr) return Number(info, efd::kNoSlot);
  return Number(info, efd::TryAcquire<RealSync>(twin.cell, twin.slot, Int(info, 3)));
}

Napi::Value Release(const Napi::CallbackInfo& info) {
  const Twin twin(info, true);
  if (twin.slot == nullptr) return Number(info, efd::kNotHeld);
  const auto result = efd::Release<RealSync>(twin.cell, twin.slot, Int(info, 3));
  efd::AtPoint("given");
  return Number(info, result);
}

Napi::Value TryTake(const Napi::CallbackInfo& info) {
  const Twin twin(info, false);
  if (twin.cell == nullptr) return Number(info, efd::kNotNow);
  return Number(info, efd::TryTake<RealSync>(twin.cell, nullptr, Int(info, 2)));
}

Napi::Value Post(const Napi::CallbackInfo& info) {
  const Twin twin(info, false);
  if (twin.cell == nullptr) return Number(info, efd::kTooMany);
  const auto result = efd::Post<RealSync>(twin.cell, Int(info, 2), Int(info, 3) != 0);
  efd::AtPoint("posted");
  return Number(info, result);
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

// As efd::TryDraw. Without node-addon-api, which costs as much as the rest.
napi_value TryDraw(napi_env env, napi_callback_info info) {
  std::size_t count = 2;
  napi_value given[2], result = nullptr;
  void* data = nullptr;
  uint32_t id = 0;
  int32_t permits = 0, drawn = efd::kNotNow;
  if (napi_get_cb_info(env, info, &count, given, nullptr, &data) != napi_ok || count < 2 ||
      napi_get_value_uint32(env, given[0], &id) != napi_ok ||
      napi_get_value_int32(env, given[1], &permits) != napi_ok) {
    napi_throw_type_error(env, nullptr, "eventfd: bad argument to the addon");
    return nullptr;
  }
  const auto* at = static_cast<RoomEnv*>(data)->participant().At(id);
  if (at != nullptr && at->kind == efd::kRateLimit && permits > 0) drawn = efd::TryDraw<RealSync>(at->cell(), permits);
  napi_create_int32(env, drawn, &result);
  return result;
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
    step.Set("cell", steps[i].offset);
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

Blocking BindRoom(Napi::Env env, Napi::Object exports) {
  auto* room_env = new RoomEnv(env);
  const auto bind = [&](const char* name, Napi::Value (*function)(const Napi::CallbackInfo&)) {
    exports.Set(name, Napi::Function::New(env, function, name, room_env));
  };
  exports.Set("addonId", Napi::Number::New(env, static_cast<double>(Process::Get().addon_id)));
  exports.Set("batchLength", Napi::Number::New(env, RoomEnv::kBatch));
  exports.Set("counts", Napi::Object::New(env));
  bind("connect", Checked<Connect, "nwo">);
  bind("copies", Copies);
  bind("createArena", Checked<CreateArena, "nuo">);
  bind("joinArena", Checked<JoinArena, "nuo">);
  bind("memoryOf", Checked<MemoryOf, "n">);
  bind("keepMemory", Checked<KeepMemory, "no">);
  bind("leaveArena", Checked<LeaveArena, "nn">);
  bind("growArena", Checked<GrowArena, "nu">);
  bind("allocateCell", Checked<AllocateCell, "nnnnnsnn">);
  bind("allocateRate", Checked<AllocateRate, "nnnnsn">);
  bind("checkCell", Checked<CheckCell, "nnnn">);
  bind("closeCell", Checked<CloseCell, "nnnn">);
  bind("disposeCell", Checked<DisposeCell, "nnnn">);
  bind("attach", Checked<Attach, "nnnnn">);
  bind("slotOf", Checked<SlotOf, "n">);
  bind("detach", Checked<Detach, "n">);
  bind("tryAcquire", Checked<TryAcquire, "nnnn">);
  bind("release", Checked<Release, "nnnn">);
  bind("tryTake", Checked<TryTake, "nnn">);
  bind("post", Checked<Post, "nnnn">);
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
  napi_value try_draw = nullptr;
  napi_create_function(env, "tryDraw", NAPI_AUTO_LENGTH, TryDraw, room_env, &try_draw);
  exports.Set("tryDraw", Napi::Value(env, try_draw));
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
