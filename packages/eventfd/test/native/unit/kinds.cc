#include "core/words.h"
#include "lib/parties.h"

// What the waiting room does for the kinds that are more than a count of permits.
namespace unit_kinds {

using namespace efd;
using test::Party;
using test::Place;
using test::TheRoom;
using test::Waiter;

TEST("post: adds up to the maximum; more is refused whole, or cut") {
  Place place(1, 0, 3, kSignal);
  CHECK_EQ(Post<RealSync>(place.cell, 3, false), kTooMany);
  CHECK_EQ(place.free(), 1);
  CHECK_EQ(Post<RealSync>(place.cell, 2, false), kPosted);
  CHECK_EQ(place.free(), 3);
  CHECK_EQ(Post<RealSync>(place.cell, 5, true), kPosted);
  CHECK_EQ(place.free(), 3);
  CHECK_EQ(Post<RealSync>(place.cell, kMaxPermits, false), kTooMany);
}

TEST("post: says whether somebody waits") {
  Place place(0, 0, 3, kSignal);
  Party waits(place);
  waits.Queue();
  CHECK_EQ(Post<RealSync>(place.cell, 1, false), kPostServe);
  TheRoom().Serve(place.cell);
  CHECK_EQ(waits.Turn(), 1);
  CHECK_EQ(place.free(), 0);
}

TEST("signal: serving says how many waiters it woke that were not woken before") {
  Place place(0, 0, 9, kSignal);
  CHECK_EQ(TheRoom().Serve(place.cell), 0);
  Party a(place), b(place);
  a.Queue();
  b.Queue();
  Post<RealSync>(place.cell, 1, false);
  CHECK_EQ(TheRoom().Serve(place.cell), 1);  // a, to try
  CHECK_EQ(TheRoom().Serve(place.cell), 0);
  Post<RealSync>(place.cell, 1, false);
  CHECK_EQ(TheRoom().Serve(place.cell), 1);  // a, which is awake, is granted one; b, to try
  CHECK_EQ(a.Turn(), 1);
  CHECK_EQ(b.Turn(), 1);
  CHECK_EQ(place.free(), 0);
}

TEST("event: setting says how many waiters it woke") {
  Place gate(0, 0, 1, kEvent), one(0, kAutoReset, 1, kEvent);
  CHECK_EQ(TheRoom().SetEvent(gate.cell), 0);
  TakePermits<RealSync>(gate.cell, 1);
  Party a(gate), b(gate), c(one), d(one);
  a.Queue(0);
  b.Queue(0);
  c.Queue(1);
  d.Queue(1);
  CHECK_EQ(TheRoom().SetEvent(gate.cell), 2);
  CHECK_EQ(TheRoom().SetEvent(one.cell), 1);
  CHECK_EQ(TheRoom().SetEvent(one.cell), 1);
  CHECK_EQ(TheRoom().SetEvent(one.cell), 0);
  a.Turn();
  b.Turn();
  CHECK_EQ(c.Turn(), 1);
  CHECK_EQ(d.Turn(), 1);
}

TEST("signal: a post that was granted and is not wanted goes to the next") {
  Place place(0, kFair, 3, kSignal);
  Party a(place), b(place);
  Waiter* waiter = a.Queue();
  b.Queue();
  Post<RealSync>(place.cell, 1, false);
  TheRoom().Serve(place.cell);
  CHECK(a.Leave(waiter));
  CHECK_EQ(b.Turn(), 1);
  CHECK_EQ(place.free(), 0);
}

TEST("event: an auto-reset one lets one waiter through, or the next that comes") {
  Place place(0, kAutoReset, 1, kEvent);
  Party a(place), b(place);
  a.Queue(1);
  b.Queue(1);
  TheRoom().SetEvent(place.cell);
  CHECK_EQ(a.Turn(), 1);
  CHECK_EQ(b.waker.signals, 0);
  CHECK_EQ(place.free(), 0);
  TheRoom().SetEvent(place.cell);
  CHECK_EQ(b.Turn(), 1);
  TheRoom().SetEvent(place.cell);
  TheRoom().SetEvent(place.cell);
  CHECK_EQ(place.free(), 1);
  CHECK(a.Arrive(1) == Outcome::kGranted);
  CHECK_EQ(place.free(), 0);
}

TEST("event: an auto-reset one that let through who does not want it any more lets the next through") {
  Place place(0, kAutoReset, 1, kEvent);
  Party a(place), b(place);
  Waiter* waiter = a.Queue(1);
  b.Queue(1);
  TheRoom().SetEvent(place.cell);
  CHECK(a.Leave(waiter));
  CHECK_EQ(b.Turn(), 1);
  CHECK_EQ(place.free(), 0);
  waiter = a.Queue(1);
  TheRoom().SetEvent(place.cell);
  CHECK(a.Leave(waiter));
  CHECK_EQ(place.free(), 1);  // it is set again, for the next that comes
}

TEST("event: an auto-reset one that is set has no waiters, also after one left for whom it had been set") {
  Place place(0, kAutoReset, 1, kEvent);
  Party a(place), b(place), c(place);
  Waiter* waiter = a.Queue(1);
  b.Queue(1);
  c.Queue(1);
  TheRoom().SetEvent(place.cell);
  CHECK(a.Leave(waiter));
  CHECK_EQ(place.free(), 0);
  TheRoom().SetEvent(place.cell);
  CHECK_EQ(b.Turn(), 1);
  CHECK_EQ(c.Turn(), 1);
  CHECK_EQ(place.free(), 0);
}

TEST("event: a manual one lets everybody through until it is reset") {
  Place place(0, 0, 1, kEvent);
  Party a(place), b(place);
  a.Queue(0);
  b.Queue(0);
  TheRoom().SetEvent(place.cell);
  CHECK_EQ(a.Turn(), 1);
  CHECK_EQ(b.Turn(), 1);
  CHECK(a.Arrive(0) == Outcome::kGranted);
  CHECK_EQ(place.free(), 1);
}

TEST("mutex: the next owner is told, once, that the last one died") {
  Place place(1, 0, 1, kMutex);
  Party next(place);
  {
    Party dies(place);
    CHECK_EQ(dies.TryTake(), kTaken);
    next.Queue();
  }
  CHECK_EQ(next.Turn(), 1);
  CHECK(TheRoom().TakeAbandoned(place.cell));
  CHECK(!TheRoom().TakeAbandoned(place.cell));
}

TEST("mutex: one that is unlocked when its user dies is not abandoned") {
  Place place(1, 0, 1, kMutex);
  {
    Party dies(place);
    CHECK_EQ(dies.TryTake(), kTaken);
    dies.Release();
  }
  Party next(place);
  CHECK_EQ(next.TryTake(), kTaken);
  CHECK(!TheRoom().TakeAbandoned(place.cell));
}

TEST("mutex: the fast path sees that it was abandoned") {
  Place place(1, 0, 1, kMutex);
  {
    Party dies(place);
    CHECK_EQ(dies.TryTake(), kTaken);
  }
  Party next(place);
  CHECK_EQ(next.TryTake(), kTakenAbandoned);
  CHECK_EQ(next.held(), 1);
}

TEST("rwlock: a dead writer abandons it, a dead reader does not") {
  Place place(kMaxPermits, 0, kMaxPermits, kRwLock);
  {
    Party reads(place);
    CHECK_EQ(reads.TryTake(1), kTaken);
  }
  CHECK(!TheRoom().TakeAbandoned(place.cell));
  {
    Party writes(place);
    CHECK_EQ(writes.TryTake(kMaxPermits), kTaken);
  }
  CHECK(TheRoom().TakeAbandoned(place.cell));
  CHECK_EQ(place.free(), kMaxPermits);
}

TEST("rwlock: a writer that waits holds back readers that come later") {
  Place place(kMaxPermits, 0, kMaxPermits, kRwLock);
  Party reads(place), writes(place), later(place);
  CHECK_EQ(reads.TryTake(1), kTaken);
  writes.Queue(kMaxPermits);
  CHECK_EQ(later.TryTake(1), kNotNow);
  later.Queue(1);
  reads.Release(1);
  CHECK_EQ(writes.Turn(), 1);
  CHECK_EQ(later.Turn(), 0);
  writes.Release(kMaxPermits);
  CHECK_EQ(later.Turn(), 1);
}

Outcome ArriveAt(Party& party, Waiter** waiter) {
  *waiter = party.participant.NewWait(party.at, 0, Role::kParty, false);
  const Outcome outcome = TheRoom().ArriveAtBarrier(*waiter);
  if (outcome != Outcome::kWaiting) party.participant.EndWait(*waiter);
  return outcome;
}

TEST("barrier: the last party releases the others, again and again") {
  Place place(0, 0, 3, kBarrier);
  Party a(place), b(place), c(place);
  Waiter* waiter;
  for (int round = 0; round < 3; round++) {
    CHECK(ArriveAt(a, &waiter) == Outcome::kWaiting);
    CHECK(ArriveAt(b, &waiter) == Outcome::kWaiting);
    CHECK_EQ(a.Turn(), 0);
    CHECK(ArriveAt(c, &waiter) == Outcome::kGranted);
    CHECK_EQ(a.Turn(), 1);
    CHECK(a.last == Outcome::kGranted);
    CHECK_EQ(b.Turn(), 1);
    CHECK_EQ(place.waiting(), 0);
  }
}

TEST("barrier: a party that gives up breaks it for all, until it is made whole") {
  Place place(0, 0, 3, kBarrier);
  Party a(place), b(place), c(place);
  Waiter *first, *second;
  CHECK(ArriveAt(a, &first) == Outcome::kWaiting);
  CHECK(ArriveAt(b, &second) == Outcome::kWaiting);
  CHECK(!a.Leave(first));
  CHECK_EQ(b.Turn(), 1);
  CHECK(b.last == Outcome::kClosed);
  CHECK(ArriveAt(c, &first) == Outcome::kClosed);
  TheRoom().SetBroken(place.cell, false);
  CHECK(ArriveAt(c, &first) == Outcome::kWaiting);
  c.Leave(first);
}

TEST("barrier: a party that gives up after all had arrived breaks nothing") {
  Place place(0, 0, 2, kBarrier);
  Party a(place), b(place);
  Waiter *first, *second;
  CHECK(ArriveAt(a, &first) == Outcome::kWaiting);
  CHECK(ArriveAt(b, &second) == Outcome::kGranted);
  CHECK(a.Leave(first));
  CHECK(ArriveAt(b, &second) == Outcome::kWaiting);
  b.Leave(second);
}

TEST("barrier: who waited before it was made whole is not missed") {
  Place place(0, 0, 2, kBarrier);
  Party a(place);
  Waiter* waiter;
  {
    Party dies(place);
    CHECK(ArriveAt(dies, &waiter) == Outcome::kWaiting);
    dies.at->party = true;
    dies.at->life = waiter->life;
    dies.Leave(waiter);
    TheRoom().SetBroken(place.cell, false);
    CHECK(ArriveAt(a, &waiter) == Outcome::kWaiting);
  }
  CHECK_EQ(place.waiting(), 1);
  a.Leave(waiter);
}

TEST("barrier: a party that dies breaks it, whether it waits or not") {
  Place place(0, 0, 2, kBarrier);
  Party a(place);
  Waiter* waiter;
  {
    Party dies(place);
    dies.at->party = true;
    CHECK(ArriveAt(a, &waiter) == Outcome::kWaiting);
  }
  CHECK_EQ(a.Turn(), 1);
  CHECK(a.last == Outcome::kClosed);
  CHECK_EQ(place.waiting(), 0);
}

}  // namespace unit_kinds
