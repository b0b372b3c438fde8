#pragma once

#include "points.h"
#include "words.h"

namespace efd {

// The fast path in C++: what packages/semaphore/src/core/fastpath.wat does, function for function. It serves where
// there is no WebAssembly (node --jitless), and it is what the model tests run.

enum TryResult : int32_t { kTakenAbandoned = 2, kTaken = 1, kNotNow = 0, kIsClosed = -1, kNoSlot = -2 };

// Takes `permits` when that many are free; 0 asks whether the gate is open, and takes nothing.
template <class S>
bool TakePermits(int32_t* cell, int32_t permits) {
  int32_t state = S::Load(cell + kState);
  if (permits == 0) return FreePermits(state) > 0;
  while (FreePermits(state) >= permits) {
    if (S::CompareExchange(cell + kState, &state, WrappingSub(state, AsState(permits)))) return true;
  }
  return false;
}

// The same, unless the queue goes first. `slot` is null where nobody keeps book.
template <class S>
TryResult TryTake(int32_t* cell, int32_t* slot, int32_t permits) {
  AtPoint("taking");
  int32_t state = S::Load(cell + kState);
  for (;;) {
    if (state & kQueueFirst) return (S::Load(cell + kFlags) & kClosed) ? kIsClosed : kNotNow;
    if (FreePermits(state) < (permits == 0 ? 1 : permits)) return kNotNow;
    if (permits == 0 || S::CompareExchange(cell + kState, &state, WrappingSub(state, AsState(permits)))) break;
  }
  AtPoint("taken");
  if (slot != nullptr) S::Store(slot, WrappingAdd(S::Load(slot), permits));
  AtPoint("noted");
  return S::Load(cell + kFlags) & kAbandoned ? kTakenAbandoned : kTaken;
}

template <class S>
TryResult TryAcquire(int32_t* cell, int32_t* slot, int32_t permits) {
  return slot == nullptr ? kNoSlot : TryTake<S>(cell, slot, permits);
}

enum ReleaseResult : int32_t { kReleased = 0, kServeWaiters = 1, kNotHeld = -1 };

template <class S>
ReleaseResult Release(int32_t* cell, int32_t* slot, int32_t permits) {
  const int32_t held = S::Load(slot);
  if (static_cast<uint32_t>(held) < static_cast<uint32_t>(permits)) return kNotHeld;
  S::Store(slot, WrappingSub(held, permits));
  AtPoint("giving");
  return S::FetchAdd(cell + kState, AsState(permits)) & kHasWaiters ? kServeWaiters : kReleased;
}

enum PostResult : int32_t { kPosted = 0, kPostServe = 1, kTooMany = -1 };

// Adds permits that nobody held, up to the cell's maximum. More is refused as a whole, or, with `saturate`, cut.
template <class S>
PostResult Post(int32_t* cell, int32_t permits, bool saturate) {
  int32_t state = S::Load(cell + kState);
  for (;;) {
    const int64_t room = int64_t{S::Load(cell + kMax)} - FreePermits(state);
    if (permits > room) {
      if (!saturate) return kTooMany;
      permits = static_cast<int32_t>(room < 0 ? 0 : room);
    }
    if (S::CompareExchange(cell + kState, &state, WrappingAdd(state, AsState(permits)))) break;
  }
  return state & kHasWaiters ? kPostServe : kPosted;
}

}  // namespace efd
