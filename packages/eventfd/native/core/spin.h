#pragma once

#include <algorithm>

#include "fastpath.h"

namespace efd {

// A short spin before a park: a park and its wake-up cost some 10 us, and most sections are shorter.
//
// How long is worth it is learned, per thread: a spin that paid doubles the limit, one that did not halves it; one park
// in kProbeEvery spins the whole way all the same, so that a change for the better is noticed. Of n cores, n - 1
// threads may spin at a time, so that one is left to run what they all wait for.
//
// It looks after 1, 2, 4, ... pauses: each look takes the cache line from the thread that it waits for.
template <class S, int kMostPauses = 1024>
class Spinner {
 public:
  // Pauses; a pause instruction takes 10 to 40 ns.
  static constexpr int kMost = kMostPauses;
  static constexpr int kLeast = std::min(16, kMost);
  static constexpr int kProbeEvery = 32;
  static constexpr int kMostBetweenLooks = 8;

  // Spins until `done` says so. True when it did.
  template <class Done>
  bool Until(Done done) {
    const int room = most_spinning_.load();
    if (room == 0 || spinning_.fetch_add(1) >= room) {
      if (room != 0) spinning_.fetch_sub(1);
      return false;
    }
    const int limit = ++parks_ % kProbeEvery == 0 ? kMost : limit_;
    bool paid = false;
    for (int pauses = 0, next = 1; pauses < limit && !paid; next = std::min(next * 2, kMostBetweenLooks)) {
      for (int i = 0; i < next; i++) S::Relax();
      pauses += next;
      paid = done();
    }
    spinning_.fetch_sub(1);
    limit_ = paid ? std::min(limit_ * 2, kMost) : std::max(limit_ / 2, kLeast);
    return paid;
  }

  // How many threads of the process may spin at a time; 0 turns spinning off.
  static void SetMostSpinning(int threads) { most_spinning_.store(threads); }

 private:
  static inline typename S::template Atomic<int> most_spinning_{0};
  static inline typename S::template Atomic<int> spinning_{0};

  int limit_ = kMost;
  int parks_ = 0;
};

}  // namespace efd
