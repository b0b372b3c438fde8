#pragma once

#include <algorithm>
#include <cstdint>

#include "fastpath.h"
#include "words.h"

namespace efd {

// A rate, by the generic cell rate algorithm (ITU-T I.371): so many tokens an interval after a burst, in one word of 64
// bits that every thread changes by a compare-exchange.
//
// The word is the theoretical arrival time: when the bucket is full again. A token takes `each` of it. So at `now`
//
//   n can be had            when  tat + (n - burst) * each <= now
//   and taking them makes   tat = max(tat, now) + n * each
//
// Time is S's, the same for all threads; here in sixteenths of a nanosecond, so that a rate of a million a second is
// not off by a rounding. All of it is memory that others may write over: the arithmetic wraps.
template <class S>
struct Rate {
  static constexpr int64_t kUnits = 16;
  // Who was granted late, since no thread looked in time, does not make those behind it late, too: what it took counts
  // from when it could have had it. So much of the delay is made up for, and no more, or a thread that hangs would let
  // a burst through.
  static constexpr int64_t kMadeUpFor = int64_t{20'000'000} * kUnits;

  static int64_t Now() { return Times(S::Nanoseconds(), kUnits); }

  static void Make(int32_t* cell, int32_t limit, double interval_ms) {
    S::Store(cell + kTotal, limit);
    S::Store(Wide(cell, kEach), static_cast<int64_t>(interval_ms * 1e6 * kUnits / limit));
    int64_t bits;
    __builtin_memcpy(&bits, &interval_ms, sizeof bits);
    S::Store(Wide(cell, kInterval), bits);
  }

  // When so many can be had at once; `after` so many others have been.
  static int64_t Due(const int32_t* cell, int64_t permits, int64_t after = 0) {
    const int64_t missing = Minus(Plus(permits, after), S::Load(cell + kMax));
    return Plus(S::Load(Wide(cell, kTat)), Times(missing, S::Load(Wide(cell, kEach))));
  }

  // Takes them if they can be had at `now`, as if it were `then`, which is not later.
  static bool Take(int32_t* cell, int32_t permits, int64_t now, int64_t then) {
    const int64_t each = S::Load(Wide(cell, kEach));
    const int64_t missing = Times(Minus(permits, S::Load(cell + kMax)), each);
    int64_t tat = S::Load(Wide(cell, kTat));
    do {
      if (Plus(tat, missing) > now) return false;
    } while (!S::CompareExchange(Wide(cell, kTat), &tat, Plus(std::max(tat, then), Times(permits, each))));
    return true;
  }

  // They were not used.
  static void GiveBack(int32_t* cell, int32_t permits) {
    const int64_t each = S::Load(Wide(cell, kEach));
    int64_t tat = S::Load(Wide(cell, kTat));
    while (!S::CompareExchange(Wide(cell, kTat), &tat, Minus(tat, Times(permits, each)))) {
    }
  }

  // How many can be had at once.
  static int32_t Available(const int32_t* cell, int64_t now) {
    const int32_t burst = S::Load(cell + kMax);
    const int64_t each = S::Load(Wide(cell, kEach)), ahead = Minus(S::Load(Wide(cell, kTat)), now);
    if (each <= 0 || ahead <= 0) return burst;
    const int64_t missing = ahead / each + (ahead % each > 0 ? 1 : 0);
    return static_cast<int32_t>(std::max<int64_t>(0, burst - missing));
  }

  static double Interval(const int32_t* cell) {
    const int64_t bits = S::Load(Wide(cell, kInterval));
    double interval;
    __builtin_memcpy(&interval, &bits, sizeof interval);
    return interval;
  }

 private:
  static int64_t* Wide(int32_t* cell, int word) { return reinterpret_cast<int64_t*>(cell + word); }
  static const int64_t* Wide(const int32_t* cell, int word) { return reinterpret_cast<const int64_t*>(cell + word); }
  static constexpr int64_t Plus(int64_t a, int64_t b) {
    return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
  }
  static constexpr int64_t Minus(int64_t a, int64_t b) {
    return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
  }
  static constexpr int64_t Times(int64_t a, int64_t b) {
    return static_cast<int64_t>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
  }
};

// Takes tokens of a rate, unless somebody waits, who comes first.
template <class S>
TryResult TryDraw(int32_t* cell, int32_t permits) {
  if (S::Load(cell + kState) & kQueueFirst) return (S::Load(cell + kFlags) & kClosed) ? kIsClosed : kNotNow;
  const int64_t now = Rate<S>::Now();
  return Rate<S>::Take(cell, permits, now, now) ? kTaken : kNotNow;
}

}  // namespace efd
