#include <string>

#include "bindings.h"
#include "core/fastpath.h"
#include "room_arguments.h"

// Named objects: the table, and the fast path over its cells, which no WebAssembly reaches.

namespace {

using efd::Checked;
using efd::Env;
using efd::NamedSpec;
using efd::Number;
using efd::Process;
using efd::RealSync;
using efd::Refuse;
using efd::RoomEnv;
using efd::Uint;
using Names = efd::Names<RealSync>;
using Participant = efd::RealParticipant;

// What is opened, in the words of src/native.ts's NamedWord: how it is wanted; afterwards how it was found.
enum NamedWord : int {
  kKind,
  kFlags,
  kPermits,
  kMax,
  kMaxWaiting,
  kAging,
  kOver,
  kOverGeneration,
  kCell,
  kGeneration,
  kSlot,
  kWords
};

NamedSpec SpecOf(const int32_t* words) {
  return {words[kKind],
          words[kFlags],
          words[kPermits],
          words[kMax],
          words[kMaxWaiting],
          words[kAging],
          static_cast<uint32_t>(words[kOver]),
          static_cast<uint32_t>(words[kOverGeneration])};
}

void Tell(const Names::Found& found, int32_t* words) {
  words[kKind] = found.spec.kind;
  words[kFlags] = found.spec.flags;
  words[kPermits] = found.spec.permits;
  words[kMax] = found.spec.max;
  words[kMaxWaiting] = found.spec.max_waiting;
  words[kAging] = found.spec.aging;
  words[kOver] = static_cast<int32_t>(found.spec.over);
  words[kOverGeneration] = static_cast<int32_t>(found.spec.over_generation);
  words[kCell] = static_cast<int32_t>(found.offset);
  words[kGeneration] = static_cast<int32_t>(found.generation);
}

bool IsSpec(const NamedSpec& spec) {
  const auto is_count = [](int32_t n) { return n >= -efd::kMaxPermits && n <= efd::kMaxPermits; };
  return spec.kind >= efd::kSemaphore && spec.kind <= efd::kBarrier && is_count(spec.permits) && is_count(spec.max) &&
         is_count(spec.max_waiting);
}

// The copy joins the arena of named objects; its index in this thread, or -1 where no address space is left.
Napi::Value JoinNames(const Napi::CallbackInfo& info) {
  if (!Env(info).IsCopy(Uint(info, 0))) return Refuse(info);
  Names* names = Process::Get().names();
  return Number(info, names == nullptr ? -1 : static_cast<double>(Env(info).JoinNames(names->arena(), Uint(info, 0))));
}

// What Open says, as src/native.ts's Opened.
enum : int32_t { kNotFound = -1, kMismatch = -2, kNoRoom = -3, kMutexGone = -4 };

Napi::Value OpenNamed(const Napi::CallbackInfo& info) {
  const uint32_t copy = Uint(info, 0), arena = Uint(info, 1);
  auto words = info[3].As<Napi::Int32Array>();
  auto& participant = Env(info).participant();
  Names* names = Process::Get().names();
  if (!Env(info).IsCopy(copy) || words.ElementLength() < kWords || names == nullptr ||
      participant.ArenaAt(arena) != names->arena()) {
    return Refuse(info);
  }
  const NamedSpec wanted = SpecOf(words.Data());
  if (!IsSpec(wanted)) return Refuse(info);
  const bool make = info[4].As<Napi::Boolean>().Value();

  // Most names are short: no allocation for those. One that fills the buffer may be longer.
  char16_t shorter[128];
  std::u16string longer;
  size_t length = 0;
  if (napi_get_value_string_utf16(info.Env(), info[2], shorter, std::size(shorter), &length) != napi_ok) {
    return Refuse(info);
  }
  if (length == std::size(shorter) - 1) longer = info[2].As<Napi::String>().Utf16Value();
  const std::u16string_view name = longer.empty() ? std::u16string_view(shorter, length) : longer;

  Names::Found found;
  Names::Opened opened = Names::Opened::kNoRoom;
  std::string label;
  bool making = false;  // only once it was not found, since that needs a label
  for (;;) {
    uint32_t id = 0;
    const auto find = [&](uint32_t* offset, uint32_t* generation) {
      opened = names->Open(name, wanted, make, making ? &label : nullptr, &found);
      *offset = found.offset;
      *generation = found.generation;
      return opened == Names::Opened::kOk;
    };
    const auto attached = participant.AttachTo(arena, wanted.kind, copy, &id, find);
    if (attached == Participant::Attached::kOk) {
      Tell(found, words.Data());
      words[kSlot] = static_cast<int32_t>(participant.At(id)->slot_offset);
      return Number(info, id);
    }
    if (attached == Participant::Attached::kNoRoom || opened == Names::Opened::kNoRoom) {
      if (!names->Grow()) return Number(info, kNoRoom);
    } else if (opened == Names::Opened::kNotFound && make && !making) {
      making = true;
      label = info[2].As<Napi::String>();
    } else {
      break;
    }
  }
  Tell(found, words.Data());
  switch (opened) {
    case Names::Opened::kMismatch:
      return Number(info, kMismatch);
    case Names::Opened::kMutexGone:
      return Number(info, kMutexGone);
    default:
      return Number(info, kNotFound);
  }
}

Napi::Value NameOf(const Napi::CallbackInfo& info) {
  Names* names = Process::Get().names();
  const std::u16string name = names == nullptr ? std::u16string() : names->NameOf(Uint(info, 0));
  return Napi::String::New(info.Env(), name);
}

Napi::Value GrowNames(const Napi::CallbackInfo& info) {
  Names* names = Process::Get().names();
  return Napi::Boolean::New(info.Env(), names != nullptr && names->Grow());
}

Napi::Value LoadNamed(const Napi::CallbackInfo& info) {
  const auto* at = Env(info).participant().At(Uint(info, 0));
  const uint32_t word = Uint(info, 1);
  if (at == nullptr || word >= efd::kCellBytes / 4) return Refuse(info);
  return Number(info, RealSync::Load(at->cell() + word));
}

Napi::Value HeldNamed(const Napi::CallbackInfo& info) {
  const auto* at = Env(info).participant().At(Uint(info, 0));
  return Number(info, at == nullptr || at->slot() == nullptr ? 0 : RealSync::Load(at->slot()));
}

// The fast path, by the attachment. In Node-API's plain functions: node-addon-api's take half as long again.
struct Call {
  Call(napi_env env, napi_callback_info info) {
    size_t count = 2;
    napi_value passed[2];
    void* data = nullptr;
    uint32_t id = 0;
    if (napi_get_cb_info(env, info, &count, passed, nullptr, &data) != napi_ok || count < 2) return;
    if (napi_get_value_uint32(env, passed[0], &id) != napi_ok) return;
    if (napi_get_value_int32(env, passed[1], &permits) != napi_ok) return;
    at = static_cast<RoomEnv*>(data)->participant().At(id);
  }
  // Null where the arguments are wrong, which only a mistake in our own TypeScript makes them.
  const Participant::Attachment* at = nullptr;
  int32_t permits = 0;
};

napi_value Result(napi_env env, int32_t value) {
  napi_value result = nullptr;
  napi_create_int32(env, value, &result);
  return result;
}

napi_value TakeNamed(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  if (call.at == nullptr) return Result(env, efd::kNoSlot);
  return Result(env, efd::TryAcquire<RealSync>(call.at->cell(), call.at->slot(), call.permits));
}

napi_value GiveNamed(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  if (call.at == nullptr || call.at->slot() == nullptr) return Result(env, efd::kNotHeld);
  const auto result = efd::Release<RealSync>(call.at->cell(), call.at->slot(), call.permits);
  efd::AtPoint("given");
  return Result(env, result);
}

}  // namespace

void BindNames(Napi::Env env, Napi::Object exports, void* room) {
  const auto bind = [&](const char* name, Napi::Value (*function)(const Napi::CallbackInfo&)) {
    exports.Set(name, Napi::Function::New(env, function, name, room));
  };
  const auto bind_plain = [&](const char* name, napi_callback function) {
    napi_value made = nullptr;
    if (napi_create_function(env, name, NAPI_AUTO_LENGTH, function, room, &made) == napi_ok) exports.Set(name, made);
  };
  bind("joinNames", Checked<JoinNames, "n">);
  bind("openNamed", Checked<OpenNamed, "nnsib">);
  bind("nameOfNamed", Checked<NameOf, "n">);
  bind("growNames", GrowNames);
  bind("loadNamed", Checked<LoadNamed, "nn">);
  bind("heldNamed", Checked<HeldNamed, "n">);
  bind_plain("takeNamed", TakeNamed);
  bind_plain("giveNamed", GiveNamed);
}
