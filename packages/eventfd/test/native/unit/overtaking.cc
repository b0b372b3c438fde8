// A blocked thread that running threads overtake: how long they may, and who looks for it meanwhile.
#include "lib/parties.h"

namespace {

using efd::kFair;
using efd::kHasWaiters;
using efd::kNotNow;
using efd::kQueueFirst;
using efd::kTaken;
using efd::Role;
using test::Outcome;
using test::Party;
using test::Place;
using test::TheRoom;
using test::Waiter;

// Instead of waiting for it.
void EndPatience(Waiter* waiter) {
  CHECK(waiter->patient_until > 0);
  waiter->patient_until = 1;
}
void LastForEver(Waiter* waiter) {
  CHECK(waiter->patient_until > 0);
  waiter->patient_until = INT64_MAX;
}

// `holder` gives the only permit back, `waits` is woken to try, and `holder` was faster.
Waiter* Overtake(Party& holder, Party& waits) {
  CHECK(holder.TryTake() == kTaken);
  Waiter* waiter = waits.Queue(1, Role::kTaker, /*sync=*/true);
  holder.Release();
  CHECK(waiter->ready);
  CHECK(holder.TryTake() == kTaken);
  CHECK(TheRoom().Resume(waiter) == Outcome::kWaiting);
  return waiter;
}

TEST("overtaking: a thread that was overtaken naps, and releases have nobody to wake") {
  Place place(1);
  Party holder(place), waits(place);
  Waiter* waiter = Overtake(holder, waits);
  CHECK(waiter->naps);
  CHECK(!waiter->owed);
  CHECK(!waiter->ready);
  CHECK_EQ(place.bits(), 0);
  CHECK(holder.ReleaseOnly() == efd::kReleased);
  CHECK(TheRoom().Resume(waiter) == Outcome::kGranted);
  CHECK_EQ(waits.held(), 1);
  waits.participant.EndWait(waiter);
}

TEST("overtaking: again and again, until its patience is over") {
  Place place(1);
  Party holder(place), waits(place);
  Waiter* waiter = Overtake(holder, waits);
  for (int i = 0; i < 3; i++) {
    holder.Release();
    CHECK(holder.TryTake() == kTaken);
    LastForEver(waiter);
    CHECK(TheRoom().Resume(waiter) == Outcome::kWaiting);
    CHECK(waiter->naps);
  }
  EndPatience(waiter);
  CHECK(TheRoom().Resume(waiter) == Outcome::kWaiting);
  CHECK(!waiter->naps);
  CHECK_EQ(place.bits(), kHasWaiters | kQueueFirst);
  holder.Release();
  CHECK(holder.TryTake() == kNotNow);
  CHECK(TheRoom().Resume(waiter) == Outcome::kGranted);
  waits.participant.EndWait(waiter);
}

TEST("overtaking: patience begins with the first look in vain, and anew with each wait") {
  Place place(1);
  Party holder(place), waits(place);
  const int64_t before = test::RealSync::Nanoseconds();
  Waiter* waiter = Overtake(holder, waits);
  const int64_t until = waiter->patient_until;
  CHECK(until >= before + efd::Room<test::RealSync>::kPatience);
  CHECK(until <= test::RealSync::Nanoseconds() + efd::Room<test::RealSync>::kPatience);
  LastForEver(waiter);
  CHECK(TheRoom().Resume(waiter) == Outcome::kWaiting);
  CHECK(waiter->patient_until == INT64_MAX);  // is not set again
  CHECK(waits.Expire(waiter) == Outcome::kWaiting);
  waiter = waits.Queue(1, Role::kTaker, /*sync=*/true);
  CHECK_EQ(waiter->patient_until, 0);
  CHECK(!waiter->naps);
  waits.Leave(waiter);
}

TEST("overtaking: who naps is woken where something is decided for it") {
  Place place(1);
  Party holder(place), waits(place);
  auto* thread = waits.participant.thread();
  thread->BeginSyncWait();
  Waiter* waiter = Overtake(holder, waits);
  CHECK(thread->ParkUnlessReady(waiter));
  waits.waker.signals = 0;
  thread->Unparked(true);
  CHECK(thread->ParkUnlessReady(waiter));
  CHECK(TheRoom().Close(place.cell));
  CHECK_EQ(waits.waker.signals, 1);
  CHECK(TheRoom().Resume(waiter) == Outcome::kClosed);
  CHECK(!waiter->naps);
  waits.participant.EndWait(waiter);
  thread->EndSyncWait();
}

TEST("overtaking: who was given what came meanwhile does not nap") {
  Place place(1);
  Party holder(place), waits(place);
  Waiter* waiter = Overtake(holder, waits);
  CHECK(TheRoom().Resize(place.cell, 1));
  CHECK(waiter->ready);
  CHECK(TheRoom().Resume(waiter) == Outcome::kGranted);
  CHECK(!waiter->naps);
  CHECK_EQ(place.bits(), 0);
  waits.participant.EndWait(waiter);
}

TEST("overtaking: a nap that is not gone on with is over, and what came meanwhile is seen") {
  Place place(1);
  Party holder(place), waits(place);
  Waiter* waiter = Overtake(holder, waits);
  TheRoom().EndNap(waiter);
  CHECK_EQ(place.bits(), kHasWaiters);
  CHECK(!waiter->ready);
  LastForEver(waiter);
  CHECK(TheRoom().Resume(waiter) == Outcome::kWaiting);
  CHECK(holder.ReleaseOnly() == efd::kReleased);
  TheRoom().EndNap(waiter);
  CHECK(waiter->ready);
  CHECK(TheRoom().Resume(waiter) == Outcome::kGranted);
  waits.participant.EndWait(waiter);
}

TEST("overtaking: who naps gives up, or dies, and the next is served") {
  Place place(1);
  Party holder(place), next(place);
  {
    Party waits(place);
    Waiter* waiter = Overtake(holder, waits);
    next.Queue();
    CHECK_EQ(place.bits(), 0);
    CHECK(holder.ReleaseOnly() == efd::kReleased);
    waits.Leave(waiter);
    CHECK_EQ(next.Turn(), 1);
    next.Release();
  }
  Party dies(place);
  Overtake(holder, dies);
  next.Queue();
  CHECK(holder.ReleaseOnly() == efd::kReleased);
  dies.Die();
  CHECK_EQ(next.Turn(), 1);
}

TEST("overtaking: several permits that come back in a nap are for those behind, too") {
  Place place(2);
  Party holder(place), naps(place), next(place);
  CHECK(holder.TryTake() == kTaken);
  Waiter* waiter = Overtake(holder, naps);
  Waiter* second = next.Queue(1, Role::kTaker, /*sync=*/true);
  CHECK_EQ(place.bits(), 0);
  CHECK(holder.ReleaseOnly(2) == efd::kReleased);
  CHECK(TheRoom().Resume(waiter) == Outcome::kGranted);
  CHECK(second->ready);
  CHECK(TheRoom().Resume(second) == Outcome::kGranted);
  naps.participant.EndWait(waiter);
  next.participant.EndWait(second);
}

TEST("overtaking: a promise is owed what comes once it was overtaken") {
  Place place(1);
  Party holder(place), waits(place);
  CHECK(holder.TryTake() == kTaken);
  Waiter* waiter = waits.Queue();
  holder.Release();
  CHECK(holder.TryTake() == kTaken);
  CHECK_EQ(waits.Turn(), 0);
  CHECK(waiter->owed);
  CHECK(!waiter->naps);
  holder.Release();
  CHECK_EQ(waits.Turn(), 1);
}

TEST("overtaking: a thread that waits for a post does not nap, and is owed the next") {
  Place place(0, 0, efd::kMaxPermits, efd::kSignal);
  Party waits(place);
  Waiter* waiter = waits.Queue(1, Role::kTaker, /*sync=*/true);
  CHECK(efd::Post<test::RealSync>(place.cell, 1, true) == efd::kPostServe);
  TheRoom().Serve(place.cell);
  CHECK(efd::TryTake<test::RealSync>(place.cell, nullptr, 1) == kTaken);
  CHECK(TheRoom().Resume(waiter) == Outcome::kWaiting);
  CHECK(waiter->owed);
  CHECK(!waiter->naps);
  waits.Leave(waiter);
}

// Readers that overlap: the last of them never leaves.
Place ForReaders(int32_t flags = 0) {
  return Place(efd::kMaxPermits, flags, efd::kMaxPermits, efd::kRwLock);
}

TEST("overtaking: readers overtake a blocked writer until its patience is over, which began when it came") {
  Place place = ForReaders();
  Party reads(place), others(place), writes(place);
  CHECK(reads.TryTake() == kTaken);
  Waiter* writer = writes.Queue(efd::kMaxPermits, Role::kTaker, /*sync=*/true);
  CHECK(writer->naps);
  CHECK(!writer->owed);
  CHECK_EQ(place.bits(), 0);
  LastForEver(writer);
  CHECK(others.TryTake() == kTaken);
  CHECK(reads.ReleaseOnly() == efd::kReleased);
  CHECK(TheRoom().Resume(writer) == Outcome::kWaiting);
  CHECK(writer->naps);
  EndPatience(writer);
  CHECK(TheRoom().Resume(writer) == Outcome::kWaiting);
  CHECK_EQ(place.bits(), kHasWaiters | kQueueFirst);
  CHECK(reads.TryTake() == kNotNow);
  others.Release();
  CHECK(TheRoom().Resume(writer) == Outcome::kGranted);
  CHECK_EQ(writes.held(), efd::kMaxPermits);
  writes.participant.EndWait(writer);
}

TEST("overtaking: a writer that comes to be first is woken, to nap from then on, though readers are inside") {
  Place place = ForReaders();
  Party reads(place), first(place), second(place);
  CHECK(reads.TryTake() == kTaken);
  Waiter* leaves = first.Queue(efd::kMaxPermits, Role::kTaker, /*sync=*/true);
  Waiter* stays = second.Queue(efd::kMaxPermits, Role::kTaker, /*sync=*/true);
  CHECK(!stays->naps);
  LastForEver(stays);
  first.Leave(leaves);
  CHECK(stays->ready);
  CHECK_EQ(place.bits(), kHasWaiters);
  CHECK(TheRoom().Resume(stays) == Outcome::kWaiting);
  CHECK(stays->naps);
  CHECK_EQ(place.bits(), 0);
  second.Leave(stays);
}

TEST("overtaking: a writer that waits behind others for longer than its patience is owed once it comes first") {
  Place place = ForReaders();
  Party reads(place), first(place), second(place);
  CHECK(reads.TryTake() == kTaken);
  Waiter* leaves = first.Queue(efd::kMaxPermits, Role::kTaker, /*sync=*/true);
  Waiter* stays = second.Queue(efd::kMaxPermits, Role::kTaker, /*sync=*/true);
  EndPatience(stays);
  first.Leave(leaves);
  CHECK(TheRoom().Resume(stays) == Outcome::kWaiting);
  CHECK(stays->owed);
  CHECK(first.TryTake() == kNotNow);
  second.Leave(stays);
}

TEST("overtaking: a writer that goes to run JavaScript is woken by the next release, to nap again") {
  Place place = ForReaders();
  Party reads(place), others(place), writes(place);
  CHECK(reads.TryTake() == kTaken);
  Waiter* writer = writes.Queue(efd::kMaxPermits, Role::kTaker, /*sync=*/true);
  LastForEver(writer);
  TheRoom().EndNap(writer);
  CHECK_EQ(place.bits(), kHasWaiters);
  CHECK(writer->ready);
  CHECK(others.TryTake() == kTaken);
  CHECK(TheRoom().Resume(writer) == Outcome::kWaiting);
  CHECK(writer->naps);
  writes.Leave(writer);
}

TEST("overtaking: who waits for several of a semaphore, to write in a fair lock, or by a promise is owed at once") {
  Place semaphore(2), fair = ForReaders(kFair), lock = ForReaders();
  Party takes(semaphore), several(semaphore), reads(fair), writes(fair), others(lock), awaits(lock);
  CHECK(takes.TryTake() == kTaken);
  Waiter* waiter = several.Queue(2, Role::kTaker, /*sync=*/true);
  CHECK(waiter->owed);
  CHECK(reads.TryTake() == kTaken);
  Waiter* writer = writes.Queue(efd::kMaxPermits, Role::kTaker, /*sync=*/true);
  CHECK(writer->owed);
  CHECK(others.TryTake() == kTaken);
  Waiter* promise = awaits.Queue(efd::kMaxPermits);
  CHECK(promise->owed);
  several.Leave(waiter);
  writes.Leave(writer);
  awaits.Leave(promise);
}

TEST("overtaking: who wants of a semaphore as many as there can be is no writer") {
  Place semaphore(efd::kMaxPermits);
  Party takes(semaphore), several(semaphore);
  CHECK(takes.TryTake() == kTaken);
  Waiter* waiter = several.Queue(efd::kMaxPermits, Role::kTaker, /*sync=*/true);
  CHECK(waiter->owed);
  CHECK(!waiter->naps);
  CHECK(takes.TryTake() == kNotNow);
  several.Leave(waiter);
}

TEST("overtaking: nobody overtakes in a fair queue") {
  Place place(1, kFair);
  Party holder(place), waits(place);
  CHECK(holder.TryTake() == kTaken);
  Waiter* waiter = waits.Queue(1, Role::kTaker, /*sync=*/true);
  holder.Release();
  CHECK(holder.TryTake() == kNotNow);
  CHECK(TheRoom().Resume(waiter) == Outcome::kGranted);
  waits.participant.EndWait(waiter);
}

}  // namespace
