#pragma once

#include <cstdint>

#include "core/participant.h"

namespace efd {

using RealParticipant = Participant<RealSync>;
using RealWaiter = Waiter<RealSync>;
using RealRate = Rate<RealSync>;
using RealLockRequest = LockRequest<RealSync>;

// What src/native.ts calls RoomResult. An index of a waiter is >= 0.
struct Result {
  enum : int32_t {
    kGranted = -1,
    kClosed = -2,
    kWaiting = -3,
    kRefused = -4,
    kNoRoom = -5,
    kUnheard = -6,
    kFull = -7,
    kTooLate = -8,
    kErrno = -1000
  };

  static int32_t Of(Outcome outcome) {
    return outcome == Outcome::kGranted   ? kGranted
           : outcome == Outcome::kClosed  ? kClosed
           : outcome == Outcome::kFull    ? kFull
           : outcome == Outcome::kTooLate ? kTooLate
                                          : kWaiting;
  }
};

}  // namespace efd
