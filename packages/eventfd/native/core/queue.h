#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>

#include "waiter.h"
#include "words.h"

namespace efd {

// The waiters of one cell. It exists while there are any.
//
//   priority 7   w, w              each a list: first come, first served
//            ...
//            1   w
//            0   w, w, w, w, w
//
// Of the first of each list, which are eight at most, the one of the lowest rank comes first: when it came, less
// `aging` for each level. So who has waited for so long counts one level higher than who comes then, and nobody is
// passed over by who came more than seven times that later. A rank does not change, so there is nothing to be moved
// when time passes, and who is first changes only with who comes, goes or can run.
template <class S>
class Queue {
 public:
  static constexpr int kLevels = kMostPriority + 1;
  // In nanoseconds, some 18 years: what "never" is in a rank.
  static constexpr int64_t kNever = int64_t{1} << 59;

  const int32_t* cell = nullptr;
  Queue* next_in_bucket = nullptr;
  int32_t length = 0;
  int64_t wanted = 0;              // by all of them together
  Waiter<S>* next_look = nullptr;  // from where whoever inspects goes on

  // Of a cell. It is written at allocation, and may be anything by now.
  static int64_t RankOf(const Waiter<S>* w) {
    const int32_t aging = S::Peek(w->cell + kAging);
    return w->since - w->priority * (aging < 0 ? kNever : aging * int64_t{1'000'000});
  }

  // Whose turn it is: of those that can run the first, or null.
  //
  // Who was passed over is not looked at again until its thread says that it runs (Room::EndBlocking): else each
  // release would walk past all promises of a blocked thread.
  Waiter<S>* Turn() {
    return First([](Level& level) { return level.Turn(); });
  }

  // The first of all, whether it can run or not.
  Waiter<S>* front() {
    return First([](Level& level) { return level.waiters.front(); });
  }

  // Whether it would be its turn if it came now. Its rank is known.
  bool WouldBeTurn(const Waiter<S>* w) {
    if (w->priority == 0 ? lowest_.Turn() != nullptr : Has(w->priority) && At(w->priority).Turn() != nullptr) {
      return false;
    }
    const Waiter<S>* turn = Turn();
    return turn == nullptr || ComesBefore(w, turn);
  }

  void PushBack(Waiter<S>* w) {
    Level& level = Make(w->priority);
    // Whoever read the clock before another and came to the lock after it stands behind it.
    if (const Waiter<S>* last = level.waiters.back()) w->rank = std::max(w->rank, last->rank);
    level.waiters.PushBack(w);
    if (level.turn == nullptr) level.turn = w;
    Note(w);
  }

  // For one that cannot run, and is not looked at again for that.
  void PushFront(Waiter<S>* w) {
    Level& level = Make(w->priority);
    if (const Waiter<S>* first = level.waiters.front()) w->rank = std::min(w->rank, first->rank);
    level.waiters.PushFront(w);
    Note(w);
  }

  void Remove(Waiter<S>* w) {
    Level& level = At(w->priority);
    if (next_look == w) next_look = After(w);
    if (level.turn == w) level.turn = level.waiters.after(w);
    static_cast<InQueue*>(w)->Unlink();
    if (level.waiters.empty()) used_ &= ~(1u << w->priority);
    length--;
    wanted -= w->want;
    w->queue = nullptr;
  }

  // Those that were passed over may run again.
  void LookAgain() {
    lowest_.turn = lowest_.waiters.front();
    for (uint32_t left = used_ & ~1u; left != 0; left &= left - 1) {
      Level& level = At(Lowest(left));
      level.turn = level.waiters.front();
    }
  }

  // For whoever inspects: level by level, from the highest.
  Waiter<S>* HighestLevel() { return HighestOf(used_); }
  Waiter<S>* After(Waiter<S>* w) {
    Waiter<S>* next = At(w->priority).waiters.after(w);
    return next != nullptr ? next : HighestOf(used_ & ((1u << w->priority) - 1));
  }

 private:
  struct Level {
    Waiter<S>* Turn() {
      while (turn != nullptr && !turn->CanRun()) turn = waiters.after(turn);
      return turn;
    }
    List<Waiter<S>, InQueue> waiters;
    Waiter<S>* turn = nullptr;  // all before it are passed over; null: all are
  };

  static int Lowest(uint32_t levels) { return __builtin_ctz(levels); }

  // Of two levels. As ranks are equal, the one of the lower has waited for longer.
  static bool ComesBefore(const Waiter<S>* a, const Waiter<S>* b) {
    return a->rank < b->rank || (a->rank == b->rank && a->priority < b->priority);
  }

  template <class F>
  Waiter<S>* First(F of) {
    Waiter<S>* first = of(lowest_);
    // As a rule there are no others.
    for (uint32_t left = used_ & ~1u; left != 0; left &= left - 1) {
      Waiter<S>* w = of(At(Lowest(left)));
      if (w != nullptr && (first == nullptr || ComesBefore(w, first))) first = w;
    }
    return first;
  }

  Waiter<S>* HighestOf(uint32_t levels) {
    return levels == 0 ? nullptr : At(31 - __builtin_clz(levels)).waiters.front();
  }

  bool Has(int priority) const { return (used_ >> priority & 1) != 0; }
  Level& At(int priority) { return priority == 0 ? lowest_ : upper_[priority - 1]; }
  Level& Make(int priority) {
    if (priority > 0 && upper_ == nullptr) upper_ = std::make_unique<Level[]>(kLevels - 1);
    used_ |= 1u << priority;
    return At(priority);
  }

  void Note(Waiter<S>* w) {
    length++;
    wanted += w->want;
    w->queue = this;
  }

  uint32_t used_ = 0;  // a bit for each level that has waiters
  Level lowest_;
  std::unique_ptr<Level[]> upper_;  // made when the first comes
};

}  // namespace efd
