#include "core/room.h"

#include "lib/parties.h"

namespace unit_room {

using efd::kClosed;
using efd::kFair;
using efd::kHasWaiters;
using efd::kNotNow;
using efd::kQueueFirst;
using efd::kTaken;
using efd::kTotal;
using efd::Role;
using test::Outcome;
using test::Party;
using test::Place;
using test::RealSync;
using test::TheRoom;
using test::Waiter;

TEST("room: permits that came meanwhile are taken on arrival") {
  Place place(1);
  Party a(place);
  CHECK(a.Arrive() == Outcome::kGranted);
  CHECK_EQ(a.held(), 1);
  CHECK_EQ(place.free(), 0);
  CHECK_EQ(place.bits(), 0);
  CHECK_EQ(a.waker.signals, 0);
  a.Release();
}

TEST("room: a waiter sets the bits, the last one out clears them") {
  Place place(0);
  Party a(place), b(place);
  Waiter* first = a.Queue();
  CHECK_EQ(place.bits(), kHasWaiters);
  CHECK_EQ(place.waiting(), 1);
  Waiter* second = b.Queue();
  CHECK_EQ(place.waiting(), 2);
  CHECK(!a.Leave(first));
  CHECK_EQ(place.bits(), kHasWaiters);
  CHECK(!b.Leave(second));
  CHECK_EQ(place.bits(), 0);
  CHECK_EQ(place.waiting(), 0);
}

TEST("room: by default the head is woken to try, and the permit stays free") {
  Place place(1);
  Party holder(place), waits(place);
  CHECK(holder.TryTake() == kTaken);
  waits.Queue();
  holder.Release();
  CHECK_EQ(waits.waker.signals, 1);
  CHECK_EQ(place.free(), 1);
  CHECK_EQ(waits.Turn(), 1);
  CHECK(waits.last == Outcome::kGranted);
  CHECK_EQ(waits.held(), 1);
  CHECK_EQ(place.bits(), 0);
}

TEST("room: a waiter that was woken and lost is owed the next permit") {
  Place place(1);
  Party holder(place), waits(place);
  CHECK(holder.TryTake() == kTaken);
  waits.Queue();
  holder.Release();
  CHECK(holder.TryTake() == kTaken);  // overtakes
  CHECK_EQ(waits.Turn(), 0);
  CHECK_EQ(place.bits(), kHasWaiters | kQueueFirst);
  holder.Release();
  CHECK(holder.TryTake() == kNotNow);
  CHECK_EQ(place.free(), 0);  // handed over, not free
  CHECK_EQ(waits.Turn(), 1);
  CHECK_EQ(waits.held(), 1);
}

TEST("room: fair cells hand over at once, in order of arrival") {
  Place place(1, kFair);
  Party holder(place), a(place), b(place);
  CHECK(holder.TryTake() == kTaken);
  a.Queue();
  b.Queue();
  CHECK_EQ(place.bits(), kHasWaiters | kQueueFirst);
  holder.Release();
  CHECK(holder.TryTake() == kNotNow);
  CHECK_EQ(b.waker.signals, 0);
  CHECK_EQ(a.Turn(), 1);
  a.Release();
  CHECK_EQ(b.Turn(), 1);
  CHECK_EQ(b.held(), 1);
}

TEST("room: who wants several is not overtaken, and permits gather for it") {
  Place place(3);
  Party holder(place), several(place), one(place);
  CHECK(holder.TryTake(3) == kTaken);
  several.Queue(2);
  one.Queue(1);
  holder.Release();
  CHECK_EQ(several.waker.signals + one.waker.signals, 0);
  CHECK(holder.TryTake() == kNotNow);
  holder.Release();
  CHECK_EQ(several.Turn(), 1);
  CHECK_EQ(several.held(), 2);
  holder.Release();
  CHECK_EQ(one.Turn(), 1);
  CHECK_EQ(place.free(), 0);
}

TEST("room: many permits serve many waiters; one is left to race for") {
  Place place(0, 0, 9);
  Party a(place), b(place), c(place);
  a.Queue();
  b.Queue();
  c.Queue();
  CHECK(TheRoom().Resize(place.cell, 3));
  CHECK_EQ(place.free(), 1);  // a and b are granted, c is woken to try
  CHECK_EQ(place.waiting(), 1);
  CHECK_EQ(c.Turn(), 1);
  CHECK_EQ(a.Turn(), 1);
  CHECK_EQ(b.Turn(), 1);
  CHECK_EQ(a.held() + b.held() + c.held(), 3);
}

TEST("room: the head that takes its permits wakes the next for what is left") {
  Place place(1);
  Party holder(place), a(place), b(place);
  CHECK(holder.TryTake() == kTaken);
  a.Queue();
  b.Queue();
  holder.Release();
  CHECK(TheRoom().Resize(place.cell, 1));
  CHECK_EQ(a.Turn(), 1);
  CHECK_EQ(b.Turn(), 1);
  CHECK_EQ(place.free(), 0);
}

TEST("room: a waiter that leaves serves whom it stood in the way of") {
  Place place(2);
  Party holder(place), several(place), one(place);
  CHECK(holder.TryTake(2) == kTaken);
  Waiter* waiter = several.Queue(2);
  one.Queue(1);
  holder.Release();
  CHECK_EQ(one.waker.signals, 0);
  CHECK(!several.Leave(waiter));
  CHECK_EQ(one.waker.signals, 1);
  CHECK_EQ(one.Turn(), 1);
}

TEST("room: a grant found on leaving is given back, and passed on") {
  Place place(1, kFair);
  Party holder(place), a(place), b(place);
  CHECK(holder.TryTake() == kTaken);
  Waiter* waiter = a.Queue();
  b.Queue();
  holder.Release();
  CHECK(a.Leave(waiter));
  CHECK_EQ(a.held(), 0);
  CHECK(a.participant.thread()->NextReady() == nullptr);
  CHECK_EQ(b.Turn(), 1);
  CHECK_EQ(b.held(), 1);
}

TEST("room: a head that was woken to try and leaves passes the wake-up on") {
  Place place(1);
  Party holder(place), a(place), b(place);
  CHECK(holder.TryTake() == kTaken);
  Waiter* waiter = a.Queue();
  b.Queue();
  holder.Release();
  CHECK(!a.Leave(waiter));
  CHECK_EQ(b.waker.signals, 1);
  CHECK_EQ(b.Turn(), 1);
}

TEST("room: a grant found when the time is up counts, and stands in the ledger") {
  Place place(1, kFair);
  Party holder(place), a(place), b(place);
  CHECK(holder.TryTake() == kTaken);
  Waiter* waiter = a.Queue();
  b.Queue();
  holder.Release();
  CHECK(a.Expire(waiter) == Outcome::kGranted);
  CHECK_EQ(a.held(), 1);
  CHECK(a.participant.thread()->NextReady() == nullptr);
  CHECK_EQ(b.Turn(), 0);
  CHECK_EQ(place.waiting(), 1);
}

TEST("room: a head that was woken to try tries when its time is up; one that is overtaken leaves") {
  Place place(1);
  Party holder(place), a(place), b(place);
  CHECK(holder.TryTake() == kTaken);
  Waiter* first = a.Queue();
  Waiter* second = b.Queue();
  holder.Release();
  CHECK(a.Expire(first) == Outcome::kGranted);
  CHECK_EQ(a.held(), 1);
  CHECK_EQ(place.free(), 0);
  a.Release();
  CHECK(holder.TryTake() == kTaken);
  CHECK(b.Expire(second) == Outcome::kWaiting);
  CHECK_EQ(b.held(), 0);
  CHECK_EQ(place.waiting(), 0);
  holder.Release();
  CHECK_EQ(place.free(), 1);
}

TEST("room: who is not first takes nothing when its time is up, and lets through whom it stood in the way of") {
  Place place(2);
  Party holder(place), several(place), one(place);
  CHECK(holder.TryTake(2) == kTaken);
  Waiter* waiter = several.Queue(2);
  Waiter* last = one.Queue(1);
  holder.Release();
  CHECK(several.Expire(waiter) == Outcome::kWaiting);
  CHECK(one.Expire(last) == Outcome::kGranted);
  CHECK_EQ(one.held(), 1);
}

TEST("room: closed before its time is up, a wait says so") {
  Place place(1);
  Party holder(place), a(place);
  CHECK(holder.TryTake() == kTaken);
  Waiter* waiter = a.Queue();
  TheRoom().Close(place.cell);
  CHECK(a.Expire(waiter) == Outcome::kClosed);
}

TEST("room: close ends every wait and all that come after, and holders release as ever") {
  Place place(1);
  Party holder(place), a(place), b(place);
  CHECK(holder.TryTake() == kTaken);
  a.Queue(1);
  b.Queue(5);
  CHECK(TheRoom().Close(place.cell));
  CHECK(!TheRoom().Close(place.cell));
  CHECK_EQ(place.bits(), kQueueFirst);
  CHECK_EQ(place.waiting(), 0);
  CHECK_EQ(a.Turn(), 1);
  CHECK(a.last == Outcome::kClosed);
  CHECK_EQ(b.Turn(), 1);
  CHECK(b.last == Outcome::kClosed);
  CHECK(a.Arrive() == Outcome::kClosed);
  CHECK(a.TryTake() == efd::kIsClosed);
  holder.Release();
  CHECK_EQ(place.free(), 1);
  CHECK_EQ(place.bits(), kQueueFirst);
}

TEST("room: what was granted before the close stays granted") {
  Place place(1, kFair);
  Party holder(place), a(place);
  CHECK(holder.TryTake() == kTaken);
  a.Queue();
  holder.Release();
  CHECK(TheRoom().Close(place.cell));
  CHECK_EQ(a.Turn(), 1);
  CHECK(a.last == Outcome::kGranted);
  CHECK_EQ(a.held(), 1);
}

TEST("room: shrink takes what is held as it comes back") {
  Place place(3, 0, 4);
  Party holder(place), waits(place);
  CHECK(holder.TryTake(3) == kTaken);
  CHECK(TheRoom().Resize(place.cell, -2));
  CHECK_EQ(place.free(), -2);
  waits.Queue();
  holder.Release();
  holder.Release();
  CHECK_EQ(waits.Turn(), 0);
  holder.Release();
  CHECK_EQ(waits.Turn(), 1);
  CHECK_EQ(place.cell[kTotal], 1);
}

TEST("room: there are never fewer permits than none, nor more than the most") {
  Place place(2, 0, 4);
  CHECK(!TheRoom().Resize(place.cell, -3));
  CHECK(!TheRoom().Resize(place.cell, 3));
  CHECK(!TheRoom().Resize(place.cell, 0x7fffffff));
  CHECK_EQ(place.free(), 2);
  CHECK_EQ(place.cell[kTotal], 2);
  CHECK(TheRoom().Resize(place.cell, 2));
  CHECK(TheRoom().Resize(place.cell, -4));
  CHECK_EQ(place.free(), 0);
}

TEST("room: forgotten permits are gone for good") {
  Place place(3);
  Party holder(place);
  CHECK(holder.TryTake(2) == kTaken);
  CHECK(!TheRoom().Forget(place.cell, holder.at->slot(), 3));
  CHECK(!TheRoom().Forget(place.cell, holder.at->slot(), 0));
  CHECK(!TheRoom().Forget(place.cell, holder.at->slot(), -1));
  CHECK(TheRoom().Forget(place.cell, holder.at->slot(), 1));
  CHECK_EQ(holder.held(), 1);
  CHECK_EQ(place.free(), 1);
  CHECK_EQ(place.cell[kTotal], 2);
}

TEST("room: an opened gate lets everyone through and takes nothing") {
  Place place(0, 0, 1, efd::kLatch);
  Party a(place), b(place);
  a.Queue(0);
  b.Queue(0);
  CHECK_EQ(efd::Post<RealSync>(place.cell, 1, false), efd::kPostServe);
  TheRoom().Serve(place.cell);
  CHECK_EQ(a.Turn(), 1);
  CHECK_EQ(b.Turn(), 1);
  CHECK_EQ(place.free(), 1);
  CHECK_EQ(place.bits(), 0);
  CHECK(a.Arrive(0) == Outcome::kGranted);
}

TEST("room: notify reaches the first so many, whatever the state says") {
  Place place(0, 0, 1, efd::kCondition);
  Party a(place), b(place), c(place);
  CHECK_EQ(TheRoom().Notify(place.cell, 1), 0);
  a.Queue(0);
  b.Queue(0);
  c.Queue(0);
  CHECK_EQ(TheRoom().Notify(place.cell, 2), 2);
  CHECK_EQ(c.waker.signals, 0);
  CHECK_EQ(a.Turn(), 1);
  CHECK_EQ(b.Turn(), 1);
  CHECK_EQ(TheRoom().Notify(place.cell, 5), 1);
  CHECK_EQ(c.Turn(), 1);
  CHECK_EQ(place.bits(), 0);
}

TEST("room: a notification that nobody will see goes to the next; a gate's news does not") {
  Place place(0, 0, 1, efd::kCondition);
  Party a(place), b(place), c(place);
  Waiter* passes = a.Queue(0, Role::kNotified);
  Waiter* keeps = b.Queue(0, Role::kTaker);
  c.Queue(0, Role::kNotified);
  CHECK_EQ(TheRoom().Notify(place.cell, 1), 1);
  CHECK(a.Leave(passes));
  CHECK_EQ(b.waker.signals, 1);
  CHECK(b.Leave(keeps));
  CHECK_EQ(c.waker.signals, 0);
}

TEST("room: many grants to a thread are one signal until it has heard") {
  Place place(0, kFair);
  Party waits(place);
  waits.Queue();
  waits.Queue();
  waits.Queue();
  CHECK(TheRoom().Resize(place.cell, 1));
  CHECK(TheRoom().Resize(place.cell, 1));
  CHECK_EQ(waits.waker.signals, 1);
  CHECK_EQ(waits.Turn(), 2);
  CHECK(TheRoom().Resize(place.cell, 1));
  CHECK_EQ(waits.waker.signals, 1);
  CHECK_EQ(waits.Turn(), 1);
}

TEST("room: a thread in a sync wait is signalled for its async waiters on its way out") {
  Place place(0, kFair);
  Party waits(place);
  auto* thread = waits.participant.thread();
  waits.Queue();
  Waiter* sync = waits.Queue(1, Role::kTaker, /*sync=*/true);
  thread->BeginSyncWait();
  CHECK(thread->ParkUnlessReady(sync));
  CHECK(TheRoom().Resize(place.cell, 1));  // for the async one
  CHECK_EQ(waits.waker.signals, 0);
  CHECK(TheRoom().Resize(place.cell, 1));  // for the sync one
  CHECK_EQ(waits.waker.signals, 1);
  thread->Unparked(true);
  CHECK(TheRoom().Resume(sync) == Outcome::kGranted);
  waits.participant.EndWait(sync);
  thread->EndSyncWait();
  CHECK_EQ(waits.waker.signals, 2);
  CHECK_EQ(waits.Turn(), 1);
  CHECK_EQ(waits.held(), 2);
}

TEST("room: a thread that spins is not signalled, and does not go to sleep") {
  Place place(0, kFair);
  Party waits(place);
  auto* thread = waits.participant.thread();
  Waiter* sync = waits.Queue(1, Role::kTaker, /*sync=*/true);
  thread->BeginSyncWait();
  CHECK(TheRoom().Resize(place.cell, 1));
  CHECK_EQ(waits.waker.signals, 0);
  CHECK(sync->ready);
  CHECK(!thread->ParkUnlessReady(sync));
  CHECK(TheRoom().Resume(sync) == Outcome::kGranted);
  waits.participant.EndWait(sync);
  thread->EndSyncWait();
  CHECK_EQ(waits.waker.signals, 0);
}

}  // namespace unit_room
