#include "bindings.h"
#include "core/fastpath.h"
#include "room_arguments.h"

// Where the objects of the waiting room are: arenas, cells, what of them a thread is attached to; and the fast path
// over them, where there is no WebAssembly.

namespace {

using efd::Arena;
using efd::ArenaAt;
using efd::Arenas;
using efd::At;
using efd::Checked;
using efd::Double;
using efd::Env;
using efd::Int;
using efd::Number;
using efd::Process;
using efd::RealSync;
using efd::Refuse;
using efd::Uint;
using Participant = efd::RealParticipant;

bool IsCount(int32_t permits) {
  return permits >= -efd::kMaxPermits && permits <= efd::kMaxPermits;
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

// As `inspect` tells arenas apart, in all threads; 0 where there is none.
Napi::Value ArenaId(const Napi::CallbackInfo& info) {
  const Arena* arena = ArenaAt(info);
  return Napi::Number::New(info.Env(), arena == nullptr ? 0 : static_cast<double>(arena->id()));
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

}  // namespace

void BindCells(Napi::Env env, Napi::Object exports, void* room) {
  const auto bind = [&](const char* name, Napi::Value (*function)(const Napi::CallbackInfo&)) {
    exports.Set(name, Napi::Function::New(env, function, name, room));
  };
  bind("createArena", Checked<CreateArena, "nuo">);
  bind("joinArena", Checked<JoinArena, "nuo">);
  bind("memoryOf", Checked<MemoryOf, "n">);
  bind("arenaId", Checked<ArenaId, "n">);
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
}
