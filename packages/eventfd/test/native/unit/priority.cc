// Who goes first: priorities, and what they are worth after a while.
#include <vector>

#include "lib/parties.h"

namespace unit_priority {

using efd::kFair;
using efd::kHasWaiters;
using efd::kMaxPermits;
using efd::kMutex;
using efd::kNotNow;
using efd::kQueueFirst;
using efd::kSemaphore;
using efd::kTaken;
using efd::Role;
using test::Outcome;
using test::Party;
using test::Place;
using test::TheRoom;
using test::Waiter;

constexpr int64_t kMs = 1'000'000;

Place Aging(int32_t ms, int32_t permits = 1, int32_t flags = kFair, int32_t max_waiting = -1) {
  return Place(permits, flags, kMaxPermits, kSemaphore, max_waiting, ms);
}

// A wait of that priority, which began then, in milliseconds.
Waiter* New(Party& party, int priority, int64_t since = 0, int32_t want = 1, bool sync = false) {
  Waiter* waiter = party.participant.NewWait(party.at, want, Role::kTaker, sync);
  waiter->priority = static_cast<uint8_t>(priority);
  waiter->since = since * kMs;
  return waiter;
}
Waiter* Queue(Party& party, int priority, int64_t since = 0, int32_t want = 1, bool sync = false) {
  Waiter* waiter = New(party, priority, since, want, sync);
  CHECK(TheRoom().Arrive(waiter) == Outcome::kWaiting);
  return waiter;
}

struct Wait {
  int priority;
  int64_t since;
};

// In which order they are served, who wait so and come in this order.
std::vector<int> OrderOf(int32_t aging, const std::vector<Wait>& waits, int32_t flags = kFair) {
  Place place = Aging(aging, 1, flags);
  Party holder(place);
  CHECK(holder.TryTake() == kTaken);
  std::vector<std::unique_ptr<Party>> parties;
  for (const Wait& wait : waits) {
    parties.push_back(std::make_unique<Party>(place));
    Queue(*parties.back(), wait.priority, wait.since);
  }
  std::vector<int> order;
  Party* last = &holder;
  while (order.size() < waits.size()) {
    last->Release();
    for (std::size_t i = 0; i < parties.size(); i++) {
      if (parties[i]->Turn() == 0) continue;
      order.push_back(static_cast<int>(i));
      last = parties[i].get();
    }
  }
  CHECK_EQ(place.waiting(), 0);
  return order;
}

TEST("priority: the higher go first, and within one who came first") {
  const std::vector<Wait> waits = {{0, 0}, {3, 1}, {7, 2}, {3, 3}, {0, 4}, {7, 5}, {1, 6}};
  const std::vector<int> order = {2, 5, 1, 3, 6, 0, 4};
  CHECK(OrderOf(1000, waits) == order);
  CHECK(OrderOf(1000, waits, 0) == order);
  CHECK(OrderOf(-1, waits) == order);
}

TEST("priority: who has waited for so long counts one level higher than who comes then") {
  using Order = std::vector<int>;
  CHECK((OrderOf(1000, {{0, 0}, {1, 999}}) == Order{1, 0}));
  CHECK((OrderOf(1000, {{0, 0}, {1, 1000}}) == Order{0, 1}));
  CHECK((OrderOf(1000, {{0, 0}, {2, 1000}}) == Order{1, 0}));
  CHECK((OrderOf(1000, {{2, 0}, {7, 4999}}) == Order{1, 0}));
  CHECK((OrderOf(1000, {{2, 0}, {7, 5000}}) == Order{0, 1}));
  // Both wait: the distance stays.
  CHECK((OrderOf(1000, {{1, 0}, {0, 0}, {7, 5999}}) == Order{2, 0, 1}));
  CHECK((OrderOf(10, {{0, 0}, {7, 69}, {7, 70}}) == Order{1, 0, 2}));
}

TEST("priority: where nobody grows older nobody counts higher, however long it waits") {
  using Order = std::vector<int>;
  constexpr int64_t year = int64_t{365} * 24 * 3600 * 1000;
  CHECK((OrderOf(-1, {{0, 0}, {1, year}}) == Order{1, 0}));
  CHECK((OrderOf(-1, {{0, 0}, {6, year}, {7, 2 * year}}) == Order{2, 1, 0}));
}

TEST("priority: what the word says of ages may be anything") {
  for (const int32_t aging : {INT32_MIN, INT32_MAX, 0, 1}) {
    CHECK_EQ(OrderOf(aging, {{0, 0}, {7, 0}, {3, int64_t{1} << 40}}).size(), 3);
  }
}

TEST("priority: who reads the clock first and comes second stands behind") {
  Place place = Aging(1000);
  Party holder(place), a(place), b(place);
  CHECK(holder.TryTake() == kTaken);
  Queue(a, 3, 10);
  Queue(b, 3, 9);
  holder.Release();
  CHECK_EQ(a.Turn() * 10 + b.Turn(), 10);
}

TEST("priority: who comes first by it takes what gathers for another") {
  Place place = Aging(1000, 3, 0);
  Party holder(place), several(place), high(place), low(place);
  CHECK(holder.TryTake(3) == kTaken);
  Waiter* waits = Queue(several, 1, 0, 3);
  holder.Release(2);
  CHECK_EQ(place.bits(), kHasWaiters | kQueueFirst);
  CHECK(high.TryTake() == kNotNow);
  Waiter* takes = New(high, 2);
  CHECK(TheRoom().Arrive(takes) == Outcome::kGranted);
  CHECK_EQ(high.held(), 1);
  high.participant.EndWait(takes);
  // Not so who comes after it, nor at its own level.
  for (const int priority : {0, 1}) {
    Waiter* stands = New(low, priority, 1);
    CHECK(TheRoom().Arrive(stands) == Outcome::kWaiting);
    low.Leave(stands);
  }
  CHECK_EQ(place.bits(), kHasWaiters | kQueueFirst);
  CHECK_EQ(place.free(), 1);
  several.Leave(waits);
}

TEST("priority: for whom several gather, when another comes first, they gather for that") {
  Place place = Aging(1000, 3, 0);
  Party holder(place), one(place), several(place);
  CHECK(holder.TryTake(3) == kTaken);
  Waiter* first = Queue(one, 0, 0, 1, /*sync=*/true);
  Queue(several, 5, 1, 3);
  CHECK_EQ(place.bits(), kHasWaiters | kQueueFirst);
  holder.Release(2);
  CHECK(!first->ready);
  CHECK_EQ(place.free(), 2);
  holder.Release(1);
  CHECK_EQ(several.Turn(), 1);
  several.Release(3);
  CHECK(first->ready);
  CHECK(TheRoom().Resume(first) == Outcome::kGranted);
  one.participant.EndWait(first);
}

TEST("priority: who was woken to try, and is not first any more, looks in vain, and is served later") {
  Place place = Aging(1000, 1, 0);
  Party holder(place), low(place), high(place);
  CHECK(holder.TryTake() == kTaken);
  Waiter* woken = Queue(low, 0, 0, 1, /*sync=*/true);
  holder.Release();
  CHECK(woken->ready);
  CHECK_EQ(place.bits(), 0);  // it is awake
  CHECK(holder.TryTake() == kTaken);
  Waiter* first = Queue(high, 4, 1, 1, /*sync=*/true);
  CHECK_EQ(place.bits(), kHasWaiters);  // and who is first now is not
  CHECK(TheRoom().Resume(woken) == Outcome::kWaiting);
  CHECK(!woken->naps);
  holder.Release();
  CHECK(first->ready);
  CHECK(TheRoom().Resume(first) == Outcome::kGranted);
  high.participant.EndWait(first);
  high.Release();
  CHECK(woken->ready || woken->outcome == Outcome::kGranted);
  CHECK(TheRoom().Resume(woken) == Outcome::kGranted);
  low.participant.EndWait(woken);
}

TEST("priority: who naps and is not first any more naps no longer") {
  Place place = Aging(1000, 1, 0);
  Party holder(place), low(place), high(place);
  CHECK(holder.TryTake() == kTaken);
  Waiter* naps = Queue(low, 0, 0, 1, /*sync=*/true);
  holder.Release();
  CHECK(holder.TryTake() == kTaken);
  CHECK(TheRoom().Resume(naps) == Outcome::kWaiting);
  CHECK(naps->naps);
  CHECK_EQ(place.bits(), 0);
  Waiter* first = Queue(high, 1, 1);
  CHECK_EQ(place.bits(), kHasWaiters);
  CHECK(TheRoom().Resume(naps) == Outcome::kWaiting);
  CHECK(!naps->naps);
  CHECK(high.Leave(first) == false);
  CHECK_EQ(place.bits() & kHasWaiters, kHasWaiters);
  low.Leave(naps);
}

TEST("priority: a promise of a blocked thread is passed over by those below it, and comes back before them") {
  Place place = Aging(1000);
  Party holder(place), blocks(place), low(place);
  CHECK(holder.TryTake() == kTaken);
  Queue(blocks, 7);
  Queue(low, 0);
  Waiter* second = Queue(low, 0);
  holder.Release();  // granted to the promise, whose thread does not look
  blocks.participant.thread()->BeginSyncWait();
  TheRoom().BeginBlocking(blocks.participant.thread());
  CHECK_EQ(low.Turn(), 1);
  CHECK_EQ(place.waiting(), 2);
  TheRoom().EndBlocking(blocks.participant.thread());
  blocks.participant.thread()->EndSyncWait();
  low.Release();
  CHECK_EQ(blocks.Turn() * 10 + low.Turn(), 10);
  low.Leave(second);
}

TEST("priority: when the first gives up, times out or dies, the next of all levels is served") {
  Place place = Aging(1000);
  Party holder(place), low(place), middle(place), high(place);
  CHECK(holder.TryTake() == kTaken);
  Waiter* lowest = Queue(low, 0);
  Waiter* between = Queue(middle, 3);
  Queue(high, 6);
  holder.Release();  // high's, which dies before it looks
  high.Die();
  CHECK(between->outcome == Outcome::kGranted);
  CHECK(lowest->outcome == Outcome::kWaiting);
  CHECK(middle.Leave(between));
  CHECK(lowest->outcome == Outcome::kGranted);
  CHECK(low.Expire(lowest) == Outcome::kGranted);
}

TEST("priority: a full queue refuses the highest") {
  Place place = Aging(1000, 1, kFair, 1);
  Party holder(place), low(place), high(place);
  CHECK(holder.TryTake() == kTaken);
  Waiter* waits = Queue(low, 0);
  Waiter* refused = New(high, 7);
  CHECK(TheRoom().Arrive(refused) == Outcome::kFull);
  high.participant.EndWait(refused);
  CHECK_EQ(place.waiting(), 1);
  CHECK_EQ(place.bits(), kHasWaiters | kQueueFirst);
  low.Leave(waits);
}

TEST("priority: a close ends the waits of all levels, and growth serves them in order") {
  Place place = Aging(1000, 0);
  Party low(place), middle(place), high(place);
  Queue(low, 0);
  Queue(middle, 2);
  Queue(high, 7);
  CHECK(TheRoom().Resize(place.cell, 1));
  CHECK_EQ(high.Turn() * 100 + middle.Turn() * 10 + low.Turn(), 100);
  CHECK(TheRoom().Close(place.cell));
  CHECK_EQ(middle.Turn() + low.Turn(), 2);
  CHECK(middle.last == Outcome::kClosed);
  CHECK(low.last == Outcome::kClosed);
  CHECK_EQ(place.waiting(), 0);
}

TEST("priority: who looks sees them in their order, and of which priority they are") {
  Place place = Aging(1000, 0);
  Party party(place);
  for (const Wait& wait : std::vector<Wait>{{0, 0}, {2, 1}, {1, 2}, {2, 3}, {3, 5000}}) {
    Queue(party, wait.priority, wait.since);
  }
  std::vector<efd::WaiterInfo> seen;
  for (std::size_t left = TheRoom().BeginLook(place.cell, 2, &seen); left > 0;) {
    left = TheRoom().GoOnLooking(place.cell, left, 2, &seen);
  }
  std::stable_sort(seen.begin(), seen.end(), [](const auto& a, const auto& b) { return a.rank < b.rank; });
  std::vector<int> priorities;
  for (const auto& each : seen) priorities.push_back(each.priority);
  CHECK((priorities == std::vector<int>{2, 2, 1, 0, 3}));
}

TEST("priority: who is looked at next may leave, from whichever level") {
  Place place = Aging(1000, 0);
  Party party(place);
  std::vector<Waiter*> waiters;
  for (const int priority : {4, 4, 2, 2, 0, 0}) waiters.push_back(Queue(party, priority));
  std::vector<efd::WaiterInfo> seen;
  std::size_t left = TheRoom().BeginLook(place.cell, 1, &seen);
  CHECK_EQ(left, 5);
  party.Leave(waiters[1]);  // the last of its level, and next
  party.Leave(waiters[2]);
  left = TheRoom().GoOnLooking(place.cell, left, 1, &seen);
  CHECK_EQ(seen.back().priority, 2);
  for (const int i : {3, 4, 5}) party.Leave(waiters[static_cast<std::size_t>(i)]);
  CHECK_EQ(TheRoom().GoOnLooking(place.cell, left, 1, &seen), 0);
  party.Leave(waiters[0]);
}

}  // namespace unit_priority
