#include "model/sequences.h"

namespace sequences {

using efd::kAutoReset;
using efd::kFair;

namespace {

// Who waits: promises of threads of their own, blocked threads, and threads that do both.
const std::vector<Slot> kThreePromises = {{0, false}, {1, false}, {2, false}};
const std::vector<Slot> kMixed = {{0, false}, {1, true}, {2, false}};
const std::vector<Slot> kBoth = {{0, false}, {0, true}, {1, false}};
const std::vector<Slot> kFour = {{0, false}, {0, true}, {1, false}, {2, true}};
const std::vector<Slot> kBlocking = {{0, true}, {1, true}, {2, true}, {2, false}};
const std::vector<Slot> kFourPromises = {{0, false}, {0, false}, {1, false}, {2, false}};

std::vector<Slot> Wanting(std::vector<Slot> slots, std::vector<int32_t> wants) {
  for (std::size_t i = 0; i < slots.size(); i++) slots[i].want = wants[i];
  return slots;
}

std::vector<Slot> Ranked(std::vector<Slot> slots, std::vector<int> priorities) {
  for (std::size_t i = 0; i < slots.size(); i++) slots[i].priority = priorities[i];
  return slots;
}

}  // namespace

const std::vector<Setup>& Setups() {
  using V = Verb;
  static const std::vector<V> lock = {V::kTry, V::kRelease, V::kReleaseOnly, V::kElsewhere, V::kBack, V::kDie};
  static const std::vector<V> resized = {V::kRelease, V::kGrow,      V::kShrink, V::kLend,
                                         V::kClose,   V::kElsewhere, V::kBack,   V::kDie};
  static const std::vector<V> aging = {V::kRelease, V::kReleaseOnly, V::kLater, V::kElsewhere, V::kBack, V::kDie};
  static const std::vector<V> aging_resized = {V::kRelease, V::kLater, V::kGrow, V::kShrink, V::kLend, V::kClose};
  static const std::vector<V> signal = {V::kPost, V::kPostTwo, V::kTry, V::kElsewhere, V::kBack, V::kDie};
  static const std::vector<V> posts = {V::kPost, V::kElsewhere, V::kBack, V::kDie};
  static const std::vector<V> event = {V::kSet, V::kReset, V::kElsewhere, V::kBack, V::kDie};
  static const std::vector<V> latch = {V::kPost, V::kElsewhere, V::kBack, V::kDie};
  static const std::vector<V> condition = {V::kNotify, V::kNotifyTwo, V::kClose, V::kElsewhere, V::kBack, V::kDie};
  static const std::vector<V> barrier = {V::kBreak, V::kMakeWhole, V::kElsewhere, V::kBack, V::kDie};
  static const auto of = [](int32_t kind, int32_t permits, int32_t max, int32_t flags = 0) {
    return Kind{kind, flags, permits, max};
  };
  static const auto with_places = [](Kind kind, int32_t places) {
    kind.max_waiting = places;
    return kind;
  };
  static const auto ageless = [](Kind kind) {
    kind.ages = false;
    return kind;
  };
  const Kind one = of(efd::kSemaphore, 1, 3), two = of(efd::kSemaphore, 2, 3), fair = of(efd::kSemaphore, 1, 3, kFair),
             fair_two = of(efd::kSemaphore, 2, 3, kFair), mutex = of(efd::kMutex, 1, 1),
             fair_mutex = of(efd::kMutex, 1, 1, kFair), rwlock = of(efd::kRwLock, efd::kMaxPermits, efd::kMaxPermits),
             signals = of(efd::kSignal, 0, efd::kMaxPermits), event_auto = of(efd::kEvent, 0, 1, kAutoReset),
             event_manual = of(efd::kEvent, 0, 1), latch_two = of(efd::kLatch, -1, 1),
             conditions = of(efd::kCondition, 0, 1), barrier_two = of(efd::kBarrier, 2, 2),
             barrier_three = of(efd::kBarrier, 3, 3);
  constexpr int32_t all = efd::kMaxPermits;
  static const std::vector<Setup> setups = {
      {"sequences: semaphore of 1, three promises", one, kThreePromises, lock, 5},
      {"sequences: semaphore of 1, mixed", one, kMixed, lock, 5},
      {"sequences: semaphore of 1, a thread does both", one, kBoth, lock, 5},
      {"sequences: semaphore of 1, four", one, kFour, lock, 5},
      {"sequences: semaphore of 1, four promises", one, kFourPromises, lock, 5},
      {"sequences: semaphore of 1, resized and closed", one, kBoth, resized, 5},
      {"sequences: fair semaphore of 1", fair, kBoth, lock, 5},
      {"sequences: fair semaphore of 1, four", fair, kFour, lock, 5},
      {"sequences: fair semaphore, resized and closed", fair, kMixed, resized, 5},
      {"sequences: semaphore of 2, weights 1 1 2", two, Wanting(kBoth, {1, 1, 2}), lock, 5},
      {"sequences: semaphore of 2, weights 2 1 1", two, Wanting(kBoth, {2, 1, 1}), lock, 5},
      {"sequences: semaphore of 2, weights 1 2 1 1", two, Wanting(kFour, {1, 2, 1, 1}), lock, 5},
      {"sequences: semaphore of 2, weights 2 1 1 1", two, Wanting(kFour, {2, 1, 1, 1}), resized, 5},
      {"sequences: fair semaphore of 2, weights 2 1 1 2", fair_two, Wanting(kFour, {2, 1, 1, 2}), lock, 5},
      {"sequences: fair semaphore of 2, promises", fair_two, kFourPromises, lock, 5},
      {"sequences: semaphore of 1, nobody may wait", with_places(one, 0), kBoth, lock, 5},
      {"sequences: semaphore of 1, one may wait", with_places(one, 1), kFour, lock, 5},
      {"sequences: semaphore of 1, two may wait", with_places(one, 2), kFourPromises, lock, 5},
      {"sequences: semaphore of 1, one may wait, resized", with_places(one, 1), kBoth, resized, 5},
      {"sequences: fair semaphore of 2, weights, two may wait", with_places(fair_two, 2), Wanting(kFour, {2, 1, 1, 2}),
       lock, 5},
      {"sequences: priorities, promises", one, Ranked(kThreePromises, {0, 1, 2}), aging, 5},
      {"sequences: priorities, a thread does both", fair, Ranked(kBoth, {2, 0, 1}), aging, 5},
      {"sequences: priorities, fair semaphore of 2", fair_two, Ranked(kMixed, {0, 2, 1}), aging, 5},
      {"sequences: priorities, weights 2 1 2", two, Ranked(Wanting(kBoth, {2, 1, 2}), {0, 1, 2}), aging, 5},
      {"sequences: priorities, resized and closed", fair, Ranked(kMixed, {0, 1, 2}), aging_resized, 5},
      {"sequences: priorities, one may wait", with_places(one, 1), Ranked(kMixed, {1, 0, 2}), aging, 5},
      {"sequences: priorities, four", one, Ranked(kFour, {1, 0, 2, 0}), {V::kRelease, V::kDie, V::kLater}, 5},
      {"sequences: priorities, nobody ages",
       ageless(one),
       Ranked(kFour, {0, 1, 2, 1}),
       {V::kTry, V::kRelease, V::kDie},
       5},
      {"sequences: mutex", mutex, kFour, lock, 5},
      {"sequences: fair mutex", fair_mutex, kFour, lock, 5},
      {"sequences: rwlock, two write", rwlock, Wanting(kFour, {all, 1, 1, all}), lock, 5},
      {"sequences: rwlock, two block to write", rwlock, Wanting(kBlocking, {all, all, 1, 1}), lock, 5},
      {"sequences: rwlock, one writes", rwlock, Wanting(kFourPromises, {1, all, 1, 1}), lock, 5},
      {"sequences: signal", signals, kFour, signal, 5},
      {"sequences: signal, promises", signals, kFourPromises, posts, 5},
      {"sequences: event, auto reset", event_auto, kFour, event, 6},
      {"sequences: event, auto reset, promises", event_auto, kFourPromises, event, 6},
      {"sequences: event, manual reset", event_manual, Wanting(kFour, {0, 0, 0, 0}), event, 6},
      {"sequences: latch of 2", latch_two, Wanting(kFour, {0, 0, 0, 0}), latch, 6},
      {"sequences: condition", conditions, Wanting(kFour, {0, 0, 0, 0}), condition, 5},
      {"sequences: condition, promises", conditions, Wanting(kFourPromises, {0, 0, 0, 0}), condition, 5},
      {"sequences: barrier of 2", barrier_two, Wanting(kMixed, {0, 0, 0}), barrier, 6},
      {"sequences: barrier of 3", barrier_three, Wanting(kFour, {0, 0, 0, 0}), barrier, 5},
  };
  return setups;
}

}  // namespace sequences
