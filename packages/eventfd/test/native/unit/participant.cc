#include "core/participant.h"

#include "lib/parties.h"

namespace unit_participant {

using efd::kFair;
using efd::kTaken;
using efd::Role;
using test::Arena;
using test::CountingWaker;
using test::kAddon;
using test::Memory;
using test::Outcome;
using test::Party;
using test::Place;
using test::TheRoom;
using test::Waiter;
using Participant = efd::Participant<efd::RealSync>;
constexpr int32_t kKind = efd::kSemaphore;
using Attached = Participant::Attached;

TEST("participant: joins an arena once") {
  Place a(1), b(1);
  CountingWaker waker;
  Participant participant(&TheRoom(), &waker);
  bool is_new = false;
  CHECK_EQ(participant.Join(&a.arena, &is_new), 0);
  CHECK(is_new);
  CHECK_EQ(participant.Join(&b.arena, &is_new), 1);
  CHECK(is_new);
  CHECK_EQ(participant.Join(&a.arena, &is_new), 0);
  CHECK(!is_new);
  CHECK(participant.ArenaAt(1) == &b.arena);
  CHECK(participant.ArenaAt(2) == nullptr);
}

TEST("participant: an arena is left when the last copy has left it, however often each had joined") {
  Place place(1);
  CountingWaker waker;
  Participant participant(&TheRoom(), &waker);
  bool is_new;
  for (uint32_t copy : {7, 8, 7}) CHECK_EQ(participant.Join(&place.arena, &is_new, copy), 0);
  CHECK_EQ(place.arena.joined, 1);
  CHECK(!participant.LeaveArena(0, 7));
  CHECK(!participant.LeaveArena(0, 7));
  CHECK(!participant.LeaveArena(0, 9));
  CHECK(participant.ArenaAt(0) == &place.arena);
  CHECK(participant.LeaveArena(0, 8));
  CHECK(participant.ArenaAt(0) == nullptr);
  CHECK_EQ(place.arena.joined, 0);
}

TEST("participant: an arena that every copy has left is left with its last attachment") {
  Place place(1);
  CountingWaker waker;
  Participant participant(&TheRoom(), &waker);
  bool is_new;
  uint32_t id;
  participant.Join(&place.arena, &is_new, 7);
  CHECK(participant.Attach(0, place.offset, kKind, 1, &id, 7) == Attached::kOk);
  CHECK(!participant.LeaveArena(0, 7));
  CHECK(participant.Detach(id));
  CHECK(participant.LeaveIfUnused(0));
  CHECK(!participant.LeaveIfUnused(0));
}

TEST("participant: what a copy had is let go of with it, and what others have, or it holds, is not") {
  Place place(2), other(1);
  CountingWaker waker;
  Participant participant(&TheRoom(), &waker);
  bool is_new;
  uint32_t mine, held, theirs;
  participant.Join(&place.arena, &is_new, 7);
  participant.Join(&place.arena, &is_new, 8);
  participant.Join(&other.arena, &is_new, 7);
  CHECK(participant.Attach(0, place.offset, kKind, 1, &mine, 7) == Attached::kOk);
  CHECK(participant.Attach(0, place.offset, kKind, 1, &held, 7) == Attached::kOk);
  CHECK(participant.Attach(0, place.offset, kKind, 1, &theirs, 8) == Attached::kOk);
  CHECK(efd::TryTake<efd::RealSync>(place.cell, participant.At(held)->slot(), 1) == kTaken);
  std::vector<uint32_t> left;
  participant.Lose(7, [&](uint32_t index) { left.push_back(index); });
  CHECK(left == std::vector<uint32_t>{1});
  CHECK(participant.At(mine) == nullptr);
  CHECK(participant.At(theirs) != nullptr);
  // It stays held, until the thread ends, and is nobody's: a copy that comes later does not end it.
  CHECK_EQ(participant.At(held)->copy, Participant::kNobody);
  participant.Lose(8, [&](uint32_t index) { left.push_back(index); });
  CHECK_EQ(left.size(), 1u);
  CHECK_EQ(place.free(), 1);
  participant.Die();
  CHECK_EQ(place.free(), 2);
  CHECK_EQ(place.arena.joined, 0);
}

TEST("participant: every attachment has a slot of its own; no ledger, no slot") {
  Place place(1);
  Party party(place);
  uint32_t id;
  CHECK(party.participant.Attach(0, place.offset, kKind, 1, &id) == Attached::kOk);
  CHECK(party.participant.At(id)->slot() != party.at->slot());
  CHECK(party.participant.At(id + 1) == nullptr);
  Place gate(0, 0, 1, efd::kLatch);
  Party other(gate);
  CHECK(other.at->slot() == nullptr);
}

TEST("participant: the slots of two threads share no cache line") {
  Place place(1);
  Party a(place), b(place);
  CHECK(a.at->slot_offset / Arena::kLine != b.at->slot_offset / Arena::kLine);
}

TEST("participant: a refused handle costs no slot") {
  Place place(1);
  Party party(place);
  uint32_t id;
  // More often than a line has slots.
  for (int i = 0; i < 20; i++) {
    CHECK(party.participant.Attach(0, place.offset, kKind + 1, 1, &id) == Attached::kRefused);
    CHECK(party.participant.Attach(0, place.offset, kKind, 2, &id) == Attached::kRefused);
  }
  const uint32_t line = party.at->slot_offset / Arena::kLine;
  CHECK(party.participant.Attach(0, place.offset, kKind, 1, &id) == Attached::kOk);
  CHECK_EQ(party.participant.At(id)->slot_offset / Arena::kLine, line);
}

TEST("participant: a full arena is told apart from a bad handle") {
  Memory memory;
  Arena arena(memory.bytes, 2 * Arena::kLine, kAddon, 1);
  const uint32_t cell = arena.AllocateCell(kKind, 0, 1, 1, "cell");
  CountingWaker waker;
  Participant participant(&TheRoom(), &waker);
  bool is_new;
  uint32_t id;
  participant.Join(&arena, &is_new);
  CHECK(participant.Attach(0, cell, kKind, 1, &id) == Attached::kNoRoom);
  arena.SetBytes(sizeof memory.bytes);
  CHECK(participant.Attach(0, cell, kKind, 1, &id) == Attached::kOk);
  participant.Die();
}

TEST("participant: detach is refused while permits are held") {
  Place place(1);
  Party party(place);
  CHECK(party.TryTake() == kTaken);
  CHECK(!party.participant.Detach(party.id));
  party.Release();
  CHECK(party.participant.Detach(party.id));
  CHECK(party.participant.At(party.id) == nullptr);
}

TEST("participant: detach is refused while the thread waits") {
  Place place(0);
  Party party(place);
  Waiter* waiter = party.Queue();
  CHECK(!party.participant.Detach(party.id));
  party.Leave(waiter);
  CHECK(party.participant.Detach(party.id));
}

TEST("participant: detach is refused until a grant that was made is heard of and released") {
  Place place(0, kFair);
  Party party(place);
  party.Queue();
  CHECK(TheRoom().Resize(place.cell, 1));
  CHECK(!party.participant.Detach(party.id));
  CHECK_EQ(party.Turn(), 1);
  CHECK(!party.participant.Detach(party.id));
  party.Release();
  CHECK(party.participant.Detach(party.id));
}

TEST("participant: an attachment and its slot are used again, empty") {
  Place place(2);
  Party party(place);
  const uint32_t slot = party.at->slot_offset;
  CHECK(party.participant.Detach(party.id));
  uint32_t id;
  CHECK(party.participant.Attach(0, place.offset, kKind, 1, &id) == Attached::kOk);
  CHECK_EQ(id, party.id);
  CHECK_EQ(party.participant.At(id)->slot_offset, slot);
  CHECK_EQ(*party.participant.At(id)->slot(), 0);
}

TEST("participant: a disposed cell is used again after detach, and not before") {
  Place place(1);
  Party party(place);
  CHECK(place.arena.Dispose(place.offset, kKind, 1));
  CHECK(place.arena.AllocateCell(kKind, 0, 1, 1, "cell") != place.offset);
  CHECK(party.participant.Detach(party.id));
  CHECK_EQ(place.arena.AllocateCell(kKind, 0, 1, 1, "cell"), place.offset);
}

TEST("participant: a waiter's name is valid while it waits") {
  Place place(0);
  Party party(place);
  Waiter* waiter = party.Queue();
  const uint32_t index = waiter->index;
  CHECK(party.participant.WaiterAt(index) == waiter);
  CHECK(party.participant.WaiterAt(index + 1) == nullptr);
  party.Leave(waiter);
  CHECK(party.participant.WaiterAt(index) == nullptr);
}

TEST("participant: a waiter used again remembers nothing") {
  Place place(0, kFair);
  Party party(place);
  Waiter* before = party.Queue(0, Role::kNotified, /*sync=*/true);
  before->ref = true;
  party.Leave(before);
  Waiter* again = party.participant.NewWait(party.at, 1, Role::kTaker, false);
  CHECK(again == before);
  CHECK(!again->sync && !again->ref && !again->ready && again->role == Role::kTaker);
  CHECK(again->outcome == Outcome::kWaiting);
  CHECK(TheRoom().Arrive(again) == Outcome::kWaiting);
  party.Leave(again);
}

TEST("death: permits that were held go to who waits") {
  Place place(3, kFair);
  Party dies(place), waits(place);
  CHECK(dies.TryTake(3) == kTaken);
  waits.Queue(2);
  dies.Die();
  CHECK_EQ(waits.Turn(), 1);
  CHECK_EQ(waits.held(), 2);
  CHECK_EQ(place.free(), 1);
}

TEST("death: a waiter leaves the queue, and whom it blocked is served") {
  Place place(2);
  Party holder(place), dies(place), waits(place);
  CHECK(holder.TryTake(1) == kTaken);
  dies.Queue(2);
  waits.Queue(1);
  dies.Die();
  CHECK_EQ(dies.waker.signals, 0);
  CHECK_EQ(waits.Turn(), 1);
  CHECK_EQ(place.waiting(), 0);
}

TEST("death: a grant that nobody saw is passed on") {
  Place place(1, kFair);
  Party holder(place), dies(place), waits(place);
  CHECK(holder.TryTake() == kTaken);
  dies.Queue();
  waits.Queue();
  holder.Release();
  CHECK_EQ(dies.waker.signals, 1);
  dies.Die();
  CHECK_EQ(waits.Turn(), 1);
  CHECK_EQ(place.free(), 0);
}

TEST("death: a wake-up to try that nobody followed is passed on") {
  Place place(1);
  Party holder(place), dies(place), waits(place);
  CHECK(holder.TryTake() == kTaken);
  dies.Queue();
  waits.Queue();
  holder.Release();
  dies.Die();
  CHECK_EQ(waits.Turn(), 1);
}

TEST("death: a notification that nobody saw is passed on") {
  Place place(0, 0, 1, efd::kCondition);
  Party dies(place), waits(place);
  dies.Queue(0, Role::kNotified);
  waits.Queue(0, Role::kNotified);
  CHECK_EQ(TheRoom().Notify(place.cell, 1), 1);
  dies.Die();
  CHECK_EQ(waits.Turn(), 1);
}

TEST("death: between a release and the serving of the queue") {
  Place place(1);
  Party dies(place), waits(place);
  CHECK(dies.TryTake() == kTaken);
  waits.Queue();
  CHECK(dies.ReleaseOnly() == efd::kServeWaiters);
  CHECK_EQ(waits.waker.signals, 0);
  dies.Die();
  CHECK_EQ(waits.Turn(), 1);
}

TEST("death: the cell of a thread that died is free for use again, and so is its ledger") {
  Place place(1);
  uint32_t lines = 0;
  {
    Party dies(place);
    CHECK(dies.TryTake() == kTaken);
    lines = dies.at->slot_offset / Arena::kLine;
    CHECK(place.arena.Dispose(place.offset, kKind, 1));
  }
  const uint32_t a = place.arena.AllocateCell(kKind, 0, 1, 1, "cell"),
                 b = place.arena.AllocateCell(kKind, 0, 1, 1, "cell");
  CHECK(a == place.offset || b == place.offset);
  CHECK(a / Arena::kLine == lines || b / Arena::kLine == lines);
}

TEST("death: nothing is signalled any more, not even by a serve already under way") {
  Place place(1, kFair);
  Party holder(place);
  CHECK(holder.TryTake() == kTaken);
  auto* dies = new Party(place);
  auto* thread = dies->participant.thread();
  thread->Ref();
  dies->Die();
  thread->Signal();
  CHECK_EQ(dies->waker.signals, 0);
  delete dies;
  thread->Signal();
  thread->Unref();
}

}  // namespace unit_participant
