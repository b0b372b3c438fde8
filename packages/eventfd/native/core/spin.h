#pragma once

#include <algorithm>
#include <climits>
#include <cstdint>

#include "fastpath.h"

namespace efd {

// A short spin before a park: a park and its wake-up cost some 10 us, and most sections are shorter.
//
// How long is worth it is learned, per thread: a spin that paid doubles the limit, one that did not halves it; one park
// in kProbeEvery spins the whole way all the same, so that a change for the better is noticed. Of n cores, n - 1
// threads may spin at a time, so that one is left to run what they all wait for, or n - k where k threads may hold it
// at once; and at one cell no more than kMostAtCell, since only one of them gets what is released next, while each look
// of the others slows it down.
//
// It looks after 1, 2, 4, ... pauses: each look takes the cache line from the thread that it waits for. It ends by the
// clock, since a pause takes 1 to 100 ns, by machine.
template <class S, int kMostLooks = INT_MAX>
class Spinner {
 public:
  // Nanoseconds.
  static constexpr int64_t kMost = 40'000;
  static constexpr int64_t kMostOwed = 100'000;  // of who is handed what is released next: it is sure to come
  static constexpr int64_t kLeast = 600;
  static constexpr int kProbeEvery = 32;
  static constexpr int kMostBetweenLooks = 8;
  static constexpr int kMostAtCell = 2;

  explicit Spinner(int64_t most = kMost) : most_(most) {}

  // Spins until `done` says so. True when it did. `holders`: how many threads may have what it waits for.
  template <class Done>
  bool Until(const void* cell, Done done, int32_t holders = 1) {
    const int room = most_spinning_.load() - (std::max(holders, 1) - 1);
    if (room <= 0) return false;
    auto& here = PlaceOf(cell).spinning;
    const Claim place(&here, kMostAtCell);
    if (!place.found_room()) return false;
    const Claim any(&spinning_, room);
    if (!any.found_room()) return false;
    const int64_t end = S::Nanoseconds() + (++parks_ % kProbeEvery == 0 ? most_ : limit_);
    bool paid = false;
    int next = 1;
    for (int looks = 0; looks < kMostLooks; looks++) {
      for (int i = 0; i < next; i++) S::Relax();
      paid = done();
      if (paid || S::Nanoseconds() >= end) break;
      next = std::min(next * 2, kMostBetweenLooks);
    }
    limit_ = paid ? std::min(limit_ * 2, most_) : std::max(limit_ / 2, kLeast);
    return paid;
  }

  // How many threads of the process may spin at a time; 0 turns spinning off.
  static void SetMostSpinning(int threads) { most_spinning_.store(threads); }

 private:
  using Count = typename S::template Atomic<int>;

  // A place among so many, if there is one left.
  class Claim {
   public:
    Claim(Count* count, int room) : count_(count), found_room_(count->fetch_add(1) < room) {}
    ~Claim() { count_->fetch_sub(1); }
    Claim(const Claim&) = delete;
    Claim& operator=(const Claim&) = delete;

    bool found_room() const { return found_room_; }

   private:
    Count* const count_;
    const bool found_room_;
  };

  // Cells share them by chance: then fewer spin.
  struct alignas(64) Place {
    Count spinning{0};
  };
  static constexpr int kPlaceBits = 8;

  static Place& PlaceOf(const void* cell) {
    return places_[(reinterpret_cast<uintptr_t>(cell) / 64 * 0x9E3779B97F4A7C15ull) >> (64 - kPlaceBits)];
  }

  static inline Count most_spinning_{0};
  static inline Count spinning_{0};
  static inline Place places_[1 << kPlaceBits];

  const int64_t most_;
  int64_t limit_ = most_;
  int parks_ = 0;
};

}  // namespace efd
