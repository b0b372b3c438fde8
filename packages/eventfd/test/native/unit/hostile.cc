// Somebody writes over the memory. What the words say is then nonsense, but nothing overflows (the suite is compiled to
// see that), nothing is touched beyond the memory, and nobody is left behind in a queue. What the fuzzer found is here.
#include "lib/parties.h"

namespace unit_hostile {

using namespace efd;
using test::kAddon;
using test::Memory;
using test::Party;
using test::Place;
using test::TheRoom;
using S = RealSync;

TEST("hostile: a ledger at its end takes one more, or gives one back") {
  Place place(3);
  Party party(place);
  *party.at->slot() = INT32_MAX;
  CHECK_EQ(party.TryTake(), kTaken);
  CHECK_EQ(party.held(), INT32_MIN);
  CHECK_EQ(party.ReleaseOnly(), kReleased);
  CHECK_EQ(party.held(), INT32_MAX);
}

TEST("hostile: a grant is noted in a ledger that is full") {
  Place place(0);
  Party party(place), giver(place);
  party.Queue();
  *party.at->slot() = INT32_MAX;
  *giver.at->slot() = 2;
  giver.Release(2);
  CHECK_EQ(party.Turn(), 1);
  CHECK_EQ(party.held(), INT32_MIN);
}

TEST("hostile: a post beyond what the state word holds, where the maximum allows it") {
  Place place(1, 0, kMaxPermits, kSignal);
  place.cell[kMax] = INT32_MAX;
  place.cell[kState] = AsState(kMaxPermits);
  CHECK_EQ(Post<S>(place.cell, kMaxPermits, false), kPosted);
  place.cell[kMax] = INT32_MIN;
  place.cell[kState] = INT32_MAX;
  CHECK_EQ(Post<S>(place.cell, 1, false), kTooMany);
  CHECK_EQ(Post<S>(place.cell, 1, true), kPostServe);
  CHECK_EQ(place.cell[kState], INT32_MAX);
}

TEST("hostile: permits are forgotten of fewer than none") {
  Place place(3);
  Party party(place);
  *party.at->slot() = 1;
  place.cell[kTotal] = INT32_MIN;
  CHECK(TheRoom().Forget(place.cell, party.at->slot(), 1));
  CHECK_EQ(party.held(), 0);
}

TEST("hostile: a resize believes neither total nor maximum") {
  Place place(3);
  place.cell[kTotal] = INT32_MIN;
  CHECK(!TheRoom().Resize(place.cell, -1));
  place.cell[kTotal] = INT32_MAX;
  place.cell[kMax] = INT32_MAX;
  CHECK(!TheRoom().Resize(place.cell, INT32_MAX));
  place.cell[kTotal] = 0;
  CHECK(TheRoom().Resize(place.cell, INT32_MAX));
}

TEST("hostile: close ends the waits also where the flag said closed already") {
  Place place(0);
  Party party(place);
  party.Queue();
  place.cell[kFlags] = kClosed;
  CHECK(!TheRoom().Close(place.cell));
  CHECK(TheRoom().WaitersOf(place.cell).empty());
  CHECK_EQ(party.Turn(), 1);
  CHECK(party.last == Outcome::kClosed);
}

TEST("hostile: a thread dies whose ledger holds everything and nothing") {
  for (const int32_t held : {INT32_MAX, INT32_MIN, -1, kMaxPermits}) {
    Place place(1);
    Party party(place), other(place);
    *party.at->slot() = held;
    place.cell[kState] = 0;
    auto* waiter = other.Queue();
    place.cell[kState] = INT32_MAX;
    place.cell[kWaiting] = INT32_MIN;
    party.Die();
    CHECK_EQ(TheRoom().WaitersOf(place.cell).size() + static_cast<std::size_t>(other.Turn()), 1);
    if (!TheRoom().WaitersOf(place.cell).empty()) other.Leave(waiter);
    CHECK(TheRoom().WaitersOf(place.cell).empty());
  }
}

TEST("hostile: the first of a barrier completes the round where the memory wants fewer than none") {
  Place place(0, 0, 3, kBarrier);
  Party party(place);
  place.cell[kTotal] = INT32_MIN;
  auto* waiter = party.participant.NewWait(party.at, 0, Role::kParty, false);
  CHECK(TheRoom().ArriveAtBarrier(waiter) == Outcome::kGranted);
  party.participant.EndWait(waiter);
}

TEST("hostile: an arena is found by its own header alone") {
  Memory memory;
  Arenas arenas(kAddon);
  Arena* made = arenas.Create(memory.bytes, sizeof memory.bytes);
  const auto found = [&] {
    efd::ArenaRef arena;
    const auto what = arenas.Find(memory.bytes, sizeof memory.bytes, &arena);
    CHECK((what == Arenas::Found::kOk) == (arena == made));
    return what;
  };
  CHECK(found() == Arenas::Found::kOk);
  auto* words = reinterpret_cast<uint32_t*>(memory.bytes);
  words[0] = UINT32_MAX;  // believed by nobody
  CHECK(found() == Arenas::Found::kOk);
  words[4]++;  // the id
  CHECK(found() == Arenas::Found::kNoArena);
  words[2]++;  // the addon
  CHECK(found() == Arenas::Found::kOtherAddon);
  words[1] = 0;  // the magic
  CHECK(found() == Arenas::Found::kNoArena);
}

TEST("hostile: memory that a thread has joined does not become another arena") {
  Memory memory;
  Arenas arenas(kAddon);
  test::CountingWaker waker;
  Participant<S> participant(&TheRoom(), &waker);
  bool is_new;
  const uint32_t index = participant.Join(arenas.Create(memory.bytes, sizeof memory.bytes), &is_new);
  CHECK(arenas.Create(memory.bytes, sizeof memory.bytes) == nullptr);
  CHECK(participant.LeaveArena(index));
  CHECK(arenas.Create(memory.bytes, sizeof memory.bytes) != nullptr);
  CHECK(arenas.Create(memory.bytes + 4, 128) == nullptr);
  CHECK(arenas.Create(memory.bytes, 63) == nullptr);
}

}  // namespace unit_hostile
