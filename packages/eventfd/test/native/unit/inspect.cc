// inspect() goes in steps, and between two of them everything may happen: it is done here, on the same thread, which
// would lock itself out if the look held a lock.
#include <atomic>
#include <functional>
#include <thread>

#include "core/roster.h"
#include "lib/parties.h"

namespace unit_inspect {

using efd::Outcome;
using test::Arena;
using test::kAddon;

std::function<void()> between_steps;
int steps = 0;

struct Stepwise : efd::RealSync {
  static void LetOthersRun() {
    steps++;
    if (between_steps) between_steps();
  }
};
using Participant = efd::Participant<Stepwise>;
using Waiter = efd::Waiter<Stepwise>;

constexpr uint32_t kMany = 2000;

// An arena with many objects, which is gone when nobody has joined it any more.
struct World {
  World() : arena(memory[0].bytes, kLines * Arena::kLine, kAddon, 1) {
    for (uint32_t& cell : cells) cell = arena.AllocateCell(efd::kSemaphore, 0, 1, 1, "");
  }
  ~World() { between_steps = nullptr; }

  std::vector<efd::ObjectInfo> Inspect(const std::function<void(int step)>& meanwhile = {}) {
    steps = 0;
    between_steps = [&] {
      if (meanwhile) meanwhile(steps);
    };
    auto objects = roster.Inspect(&room);
    between_steps = nullptr;
    return objects;
  }

  static constexpr uint32_t kLines = 2 * kMany;
  const std::unique_ptr<test::Memory[]> memory = std::make_unique<test::Memory[]>(kLines / test::Memory::kLines + 1);
  Arena arena;
  efd::Room<Stepwise> room;
  efd::Roster<Stepwise> roster;
  std::vector<uint32_t> cells = std::vector<uint32_t>(kMany);
};

// A thread that uses the arena.
struct Party {
  explicit Party(World& world, int id) : world(world), participant(&world.room, &waker) {
    participant.thread()->id = id;
    bool is_new;
    member = participant.Join(&world.arena, &is_new);
    world.roster.Add(&participant);
  }
  ~Party() { Die(); }

  Participant::Attachment* Attach(uint32_t cell, uint32_t generation = 1) {
    CHECK(participant.Attach(member, cell, efd::kSemaphore, generation, &id) == Participant::Attached::kOk);
    return participant.At(id);
  }
  Participant::Attachment* Take(uint32_t cell, uint32_t generation = 1) {
    auto* at = Attach(cell, generation);
    CHECK(efd::TryTake<Stepwise>(at->cell(), at->slot(), 1) == efd::kTaken);
    return at;
  }
  Waiter* Queue(Participant::Attachment* at) {
    Waiter* waiter = participant.NewWait(at, 1, efd::Role::kTaker, false);
    waiter->since = ++last_wait;
    CHECK(world.room.Arrive(waiter) == Outcome::kWaiting);
    return waiter;
  }
  void Leave(Waiter* waiter) {
    world.room.Leave(waiter);
    participant.EndWait(waiter);
  }
  void Die() {
    if (std::exchange(dead, true)) return;
    world.roster.Remove(&participant);
    participant.Die();
  }

  World& world;
  test::CountingWaker waker;
  Participant participant;
  uint32_t member;
  uint32_t id = 0;
  bool dead = false;
  int64_t last_wait = 0;
};

TEST("inspect: every object with its holders, in the order of the threads, and its waiters") {
  World world;
  Party one(world, 1), two(world, 2), three(world, 3);
  for (uint32_t i = 0; i < kMany; i += 3) two.Take(world.cells[i]);
  one.Take(world.cells[1]);
  three.Queue(three.Attach(world.cells[0]));
  const auto objects = world.Inspect();
  CHECK_EQ(objects.size(), kMany);
  for (uint32_t i = 0; i < kMany; i++) {
    CHECK_EQ(objects[i].offset, world.cells[i]);
    CHECK_EQ(objects[i].waiters.size(), i == 0 ? 1 : 0);
    CHECK_EQ(objects[i].holders.size(), i % 3 == 0 || i == 1 ? 1 : 0);
    if (i % 3 == 0) CHECK_EQ(objects[i].holders[0].thread, 2);
  }
  CHECK_EQ(objects[0].waiters[0].thread, 3);
  CHECK_EQ(objects[1].holders[0].thread, 1);
}

TEST("inspect: where what is held was acquired, as long as it is held and noted") {
  World world;
  Party one(world, 1);
  auto* at = one.Take(world.cells[0]);
  const uint32_t id = one.id;
  const auto seen = [&] {
    std::vector<std::string> stacks;
    const auto objects = world.Inspect();
    CHECK_EQ(objects[0].holders.size(), *at->slot() > 0 ? 1 : 0);
    for (const auto& holder : objects[0].holders) {
      for (const auto& noted : holder.acquired) stacks.push_back(*noted.stack);
    }
    return stacks;
  };
  using Stacks = std::vector<std::string>;
  CHECK(seen() == Stacks{});
  const auto first = one.participant.NoteHold(id, 1, "first");
  CHECK(seen() == Stacks{"first"});
  CHECK_EQ(one.participant.NoteHold(id + 1, 1, "of nothing"), 0);
  CHECK_EQ(one.participant.NoteHold(id, 0, "of no permits"), 0);
  // Given back, and JavaScript was torn out before it said so.
  efd::Release<Stepwise>(at->cell(), at->slot(), 1);
  CHECK(seen() == Stacks{});
  CHECK(efd::TryTake<Stepwise>(at->cell(), at->slot(), 1) == efd::kTaken);
  const auto second = one.participant.NoteHold(id, 1, "second");
  CHECK(seen() == Stacks{"second"});
  one.participant.DropHold(first);
  CHECK(seen() == Stacks{"second"});
  efd::Release<Stepwise>(at->cell(), at->slot(), 1);
  CHECK(one.participant.Detach(id));
  CHECK_EQ(one.participant.size().holds, 0);
  one.participant.DropHold(second);
}

TEST("inspect: threads begin, attach, wait, leave and die between any two steps") {
  World world;
  Party one(world, 1);
  for (const uint32_t cell : world.cells) one.Attach(cell);
  const auto objects = world.Inspect([&](int step) {
    Party other(world, 2);
    const uint32_t cell = world.cells[static_cast<uint32_t>(step) % kMany];
    auto* at = other.Take(cell);
    other.Leave(other.Queue(at));
    const uint32_t fresh = world.arena.AllocateCell(efd::kSemaphore, 0, 1, 1, "fresh");
    CHECK(world.arena.Dispose(fresh, efd::kSemaphore, static_cast<uint32_t>(world.arena.At(fresh)[efd::kGeneration])));
    other.Die();
  });
  CHECK_EQ(objects.size(), kMany);
  CHECK(steps >= static_cast<int>(2 * kMany / 128));
}

TEST("inspect: a long queue is looked at in steps, while those in it leave and others come") {
  World world;
  Party holder(world, 1), party(world, 2);
  holder.Take(world.cells[0]);
  auto* at = party.Attach(world.cells[0]);
  std::vector<Waiter*> waits;
  for (int i = 0; i < 1000; i++) waits.push_back(party.Queue(at));
  std::size_t next = 0;
  const auto look = [&](auto leaves) {
    const auto objects = world.Inspect([&](int) {
      for (int i = 0; i < 50 && next < waits.size(); i++, next++) leaves(next);
    });
    // In the order of the queue, each once.
    const auto& waiters = objects[0].waiters;
    for (std::size_t i = 1; i < waiters.size(); i++) CHECK(waiters[i].since > waiters[i - 1].since);
    return waiters.size();
  };
  CHECK_EQ(look([](std::size_t) {}), 1000);
  CHECK(steps > 1000 / 128);
  // From the end: those who are gone before it comes to them are not seen.
  next = 0;
  const std::size_t seen =
      look([&](std::size_t i) { party.Leave(std::exchange(waits[waits.size() - 1 - i], nullptr)); });
  CHECK(seen >= 128 && seen < 1000);
  // Where it stands, and round about: it has seen 128 when they go.
  for (Waiter*& waiter : waits) {
    if (waiter != nullptr) party.Leave(std::exchange(waiter, nullptr));
  }
  for (Waiter*& waiter : waits) waiter = party.Queue(at);
  const auto objects = world.Inspect([&](int step) {
    for (std::size_t i = 100; step == 3 && i < 200; i++) party.Leave(std::exchange(waits[i], nullptr));
  });
  CHECK_EQ(objects[0].waiters.size(), 928);
  CHECK_EQ(objects[0].waiters[127].since + 73, objects[0].waiters[128].since);
  // All go; the queue with them.
  waits.erase(std::remove(waits.begin(), waits.end(), nullptr), waits.end());
  for (int i = 0; i < 500; i++) waits.push_back(party.Queue(at));
  CHECK(world
            .Inspect([&](int) {
              for (Waiter* waiter : std::exchange(waits, {})) party.Leave(waiter);
            })[0]
            .waiters.empty());
  CHECK(world.Inspect()[0].waiters.empty());
}

TEST("inspect: it ends with an arena that the last thread leaves, and goes on with the others") {
  World world;
  auto one = std::make_unique<Party>(world, 1);
  const auto objects = world.Inspect([&](int step) {
    if (step == 4) one->Die();
  });
  CHECK(objects.size() > 0 && objects.size() < kMany);
  CHECK(world.Inspect().empty());
}

TEST("inspect: who held a cell's predecessor does not hold the cell") {
  World world;
  Party one(world, 1);
  const uint32_t last = world.cells.back();
  one.Take(last);
  const auto objects = world.Inspect([&](int step) {
    if (step != 3) return;
    // It has been seen to hold; the cell has not been looked at.
    efd::Release<Stepwise>(world.arena.At(last), one.participant.At(one.id)->slot(), 1);
    CHECK(one.participant.Detach(one.id));
    CHECK(world.arena.Dispose(last, efd::kSemaphore, 1));
    while (world.arena.AllocateCell(efd::kSemaphore, 0, 1, 1, "later") != last) {
    }
  });
  for (const efd::ObjectInfo& object : objects) {
    if (object.offset != last) continue;
    CHECK(object.name == "later" && object.holders.empty());
    return;
  }
  CHECK_SAYS(false, "the later object was not seen");
}

TEST("inspect: a cell that is used anew meanwhile is the old one or the new one, and no mixture") {
  World world;
  Party party(world, 1);
  std::atomic<bool> done{false};
  std::thread other([&] {
    for (int32_t permits = 1; !done; permits = 3 - permits) {
      const uint32_t cell =
          world.arena.AllocateCell(efd::kSemaphore, 0, permits, permits, permits == 1 ? "one" : "two");
      CHECK(world.arena.Dispose(cell, efd::kSemaphore, static_cast<uint32_t>(world.arena.At(cell)[efd::kGeneration])));
    }
  });
  for (int i = 0; i < 50; i++) {
    for (const efd::ObjectInfo& object : world.Inspect()) {
      CHECK_EQ(object.total, object.name == "two" ? 2 : 1);
      CHECK_EQ(object.free, object.total);
    }
  }
  done = true;
  other.join();
}

}  // namespace unit_inspect
