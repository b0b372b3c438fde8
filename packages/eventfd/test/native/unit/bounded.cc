// A queue that may be so long and no longer.
#include "core/room.h"
#include "lib/parties.h"

namespace unit_bounded {

using efd::kMaxPermits;
using efd::kSemaphore;
using efd::kTaken;
using efd::Role;
using test::Outcome;
using test::Party;
using test::Place;
using test::TheRoom;
using test::Waiter;

Place Bounded(int32_t permits, int32_t max_waiting, int32_t flags = 0) {
  return Place(permits, flags, kMaxPermits, kSemaphore, max_waiting);
}

TEST("bounded: who would be one too many is refused, and has changed nothing") {
  Place place = Bounded(1, 2);
  Party holder(place), a(place), b(place), c(place);
  CHECK(holder.TryTake() == kTaken);
  Waiter* first = a.Queue();
  b.Queue();
  CHECK(c.Arrive() == Outcome::kFull);
  CHECK_EQ(place.waiting(), 2);
  CHECK_EQ(c.held(), 0);
  CHECK(!a.Leave(first));
  c.Queue();
  CHECK(a.Arrive() == Outcome::kFull);
}

TEST("bounded: with no place at all nobody waits, and the bits stay clear") {
  Place place = Bounded(1, 0);
  Party holder(place), a(place);
  CHECK(holder.TryTake() == kTaken);
  CHECK(a.Arrive() == Outcome::kFull);
  CHECK_EQ(place.bits(), 0);
  CHECK_EQ(place.waiting(), 0);
  holder.Release();
  CHECK(a.Arrive() == Outcome::kGranted);
}

TEST("bounded: what is closed is closed, however many wait") {
  Place place = Bounded(0, 0);
  Party a(place);
  CHECK(TheRoom().Close(place.cell));
  CHECK(a.Arrive() == Outcome::kClosed);
}

TEST("bounded: a promise that is put back has its place, though another has come") {
  Place place = Bounded(1, 1, efd::kFair);
  Party holder(place), blocks(place), other(place);
  CHECK(holder.TryTake() == kTaken);
  blocks.Queue();
  holder.Release();  // granted to the promise, whose thread does not look
  CHECK_EQ(place.waiting(), 0);
  other.Queue();
  blocks.participant.thread()->BeginSyncWait();
  TheRoom().BeginBlocking(blocks.participant.thread());
  CHECK_EQ(place.waiting() + other.Turn(), 2);  // the promise is back, and the permit the other's
  CHECK(holder.Arrive() == Outcome::kFull);
  other.Release();
  TheRoom().EndBlocking(blocks.participant.thread());
  blocks.participant.thread()->EndSyncWait();
  CHECK_EQ(blocks.Turn(), 1);
}

TEST("bounded: who comes back to what it let go of is let in") {
  Place place = Bounded(1, 0);
  Party holder(place), back(place);
  CHECK(holder.TryTake() == kTaken);
  Waiter* waiter = back.participant.NewWait(back.at, 1, Role::kTaker, false);
  waiter->returns = true;
  CHECK(TheRoom().Arrive(waiter) == Outcome::kWaiting);
  holder.Release();
  CHECK_EQ(back.Turn(), 1);
}

TEST("bounded: a place comes back with the death of who had it") {
  Place place = Bounded(1, 1);
  Party holder(place), dies(place), next(place);
  CHECK(holder.TryTake() == kTaken);
  dies.Queue();
  CHECK(next.Arrive() == Outcome::kFull);
  dies.Die();
  next.Queue();
  CHECK_EQ(place.waiting(), 1);
}

}  // namespace unit_bounded
