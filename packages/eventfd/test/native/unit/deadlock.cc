#include <atomic>
#include <memory>
#include <thread>

#include "core/roster.h"
#include "lib/parties.h"

// The search for cycles of threads that block each other on mutexes.
namespace unit_deadlock {

using efd::kFair;
using efd::Role;
using test::Arena;
using test::CountingWaker;
using test::kAddon;
using test::Memory;
using test::Outcome;
using test::TheRoom;
using test::Waiter;
using Participant = efd::Participant<efd::RealSync>;
using Roster = efd::Roster<efd::RealSync>;

constexpr int kMutexes = 3;

struct World {
  explicit World(int32_t flags = 0) : arena(memory->bytes, sizeof memory->bytes, kAddon, 1) {
    for (int i = 0; i < kMutexes; i++) {
      mutexes[i] = arena.AllocateCell(efd::kMutex, flags, 1, 1, std::string(1, static_cast<char>('a' + i)));
    }
  }
  std::unique_ptr<Memory> memory = std::make_unique<Memory>();
  Arena arena;
  uint32_t mutexes[kMutexes];
  Roster roster;
};

// A thread that is attached to all mutexes.
class Actor {
 public:
  Actor(World& world, int id) : participant(&TheRoom(), &waker), world_(world) {
    participant.thread()->id = id;
    bool is_new;
    const uint32_t index = participant.Join(&world.arena, &is_new);
    for (int i = 0; i < kMutexes; i++) {
      uint32_t at;
      CHECK(participant.Attach(index, world.mutexes[i], efd::kMutex, 1, &at) == Participant::Attached::kOk);
      at_[i] = participant.At(at);
    }
    world.roster.Add(&participant);
  }
  ~Actor() {
    world_.roster.Remove(&participant);
    participant.Die();
  }
  Actor(const Actor&) = delete;
  Actor& operator=(const Actor&) = delete;

  bool TryLock(int i) { return efd::TryTake<efd::RealSync>(at_[i]->cell(), at_[i]->slot(), 1) >= efd::kTaken; }

  void Unlock(int i) {
    const auto result = efd::Release<efd::RealSync>(at_[i]->cell(), at_[i]->slot(), 1);
    CHECK(result != efd::kNotHeld);
    if (result == efd::kServeWaiters) TheRoom().Serve(at_[i]->cell());
  }

  // A promise that waits.
  Waiter* Promise(int i) {
    Waiter* waiter = participant.NewWait(at_[i], 1, Role::kTaker, /*sync=*/false);
    CHECK(TheRoom().Arrive(waiter) == Outcome::kWaiting);
    return waiter;
  }

  // Blocks, or, if it gets the mutex at once, says null.
  Waiter* Block(int i) {
    Waiter* waiter = participant.NewWait(at_[i], 1, Role::kTaker, /*sync=*/true);
    if (TheRoom().Arrive(waiter) == Outcome::kGranted) {
      participant.EndWait(waiter);
      return nullptr;
    }
    participant.SetBlockedOn({&world_.arena, world_.mutexes[i], at_[i]->cell(), 1, world_.roster.NextOrder(), waiter});
    TheRoom().BeginBlocking(participant.thread());
    return waiter;
  }

  void EndBlock(Waiter* waiter) {
    participant.SetBlockedOn({});
    participant.EndWait(waiter);
    TheRoom().EndBlocking(participant.thread());
  }

  void GiveUp(Waiter* waiter) {
    TheRoom().Leave(waiter);
    EndBlock(waiter);
  }

  std::vector<efd::DeadlockStep> Find() { return world_.roster.FindDeadlock(&participant); }
  bool IsDeadlocked() { return !Find().empty(); }

  CountingWaker waker;
  Participant participant;

 private:
  World& world_;
  Participant::Attachment* at_[kMutexes];
};

TEST("deadlock: who blocks last is told of the cycle, from itself on, and nobody else") {
  World world;
  Actor one(world, 1), two(world, 2), three(world, 3);
  CHECK(one.TryLock(0) && two.TryLock(1) && three.TryLock(2));
  Waiter* first = one.Block(1);
  Waiter* last = three.Block(0);
  CHECK(!one.IsDeadlocked() && !three.IsDeadlocked());
  Waiter* middle = two.Block(2);
  CHECK(!one.IsDeadlocked() && !three.IsDeadlocked());
  const auto steps = two.Find();
  CHECK_EQ(steps.size(), 3);
  CHECK(steps[0].thread == 2 && steps[0].name == "c");
  CHECK(steps[1].thread == 3 && steps[1].name == "a");
  CHECK(steps[2].thread == 1 && steps[2].name == "b");
  for (const auto& step : steps) CHECK(step.arena == world.arena.id() && step.generation == 1);
  two.GiveUp(middle);
  CHECK(!two.IsDeadlocked() && !one.IsDeadlocked() && !three.IsDeadlocked());
  one.GiveUp(first);
  three.GiveUp(last);
}

TEST("deadlock: a thread that waits for a cycle of others is not in it") {
  World world;
  Actor one(world, 1), two(world, 2), three(world, 3);
  CHECK(one.TryLock(0) && two.TryLock(1));
  Waiter* a = one.Block(1);
  Waiter* b = two.Block(0);
  Waiter* c = three.Block(0);
  CHECK(!three.IsDeadlocked() && two.IsDeadlocked());
  three.GiveUp(c);
  two.GiveUp(b);
  one.GiveUp(a);
}

TEST("deadlock: nobody's mutex, a mutex of one that runs, and a wait that was decided end the search") {
  World world;
  Actor one(world, 1), two(world, 2);
  CHECK(one.TryLock(0) && two.TryLock(1));
  Waiter* a = one.Block(1);
  CHECK(!one.IsDeadlocked());  // two runs
  Waiter* b = two.Block(0);
  CHECK(two.IsDeadlocked());
  // One's wait is over, though it has not looked.
  CHECK(TheRoom().Close(world.arena.At(world.mutexes[1])));
  CHECK(!two.IsDeadlocked());
  CHECK(TheRoom().Resume(a) == Outcome::kClosed);
  one.EndBlock(a);
  two.GiveUp(b);
}

TEST("deadlock: a promise of the thread itself is passed over, and gives back what it was granted") {
  for (const int32_t flags : {0, int32_t{kFair}}) {
    World world(flags);
    Actor one(world, 1), two(world, 2);
    CHECK(two.TryLock(0));
    Waiter* promise = one.Promise(0);
    Waiter* wait = one.Block(0);
    CHECK(!one.IsDeadlocked());
    two.Unlock(0);
    CHECK(TheRoom().Resume(wait) == Outcome::kGranted);
    one.EndBlock(wait);
    // What the promise was granted before its thread blocked goes back.
    one.Unlock(0);
    wait = one.Block(0);
    CHECK(!one.IsDeadlocked());
    if (wait != nullptr) {
      CHECK(TheRoom().Resume(wait) == Outcome::kGranted);
      one.EndBlock(wait);
    }
    one.Unlock(0);
    CHECK(TheRoom().Resume(promise) == Outcome::kGranted);
    one.participant.EndWait(promise);
    one.Unlock(0);
  }
}

TEST("deadlock: a granted promise that was seen, and whose mutex was passed on, stands in nobody's way") {
  World world(kFair);
  Actor one(world, 1), two(world, 2);
  CHECK(two.TryLock(0));
  Waiter* promise = one.Promise(0);
  two.Unlock(0);
  CHECK(TheRoom().Resume(promise) == Outcome::kGranted);
  // The promise's continuation runs: it unlocks, another locks, and it blocks.
  one.Unlock(0);
  CHECK(two.TryLock(0));
  Waiter* wait = one.Block(0);
  CHECK(!one.IsDeadlocked());
  CHECK(promise->outcome == Outcome::kGranted);
  one.GiveUp(wait);
  one.participant.EndWait(promise);
  two.Unlock(0);
  CHECK_EQ(efd::FreePermits(*world.arena.At(world.mutexes[0])), 1);
}

TEST("deadlock: a promise of another that is blocked is in nobody's way") {
  World world;
  Actor one(world, 1), two(world, 2), holder(world, 3);
  CHECK(holder.TryLock(0) && two.TryLock(1));
  Waiter* promise = one.Promise(0);
  Waiter* a = one.Block(1);
  Waiter* b = two.Block(0);
  CHECK(!one.IsDeadlocked() && !two.IsDeadlocked());
  holder.Unlock(0);
  CHECK(TheRoom().Resume(b) == Outcome::kGranted);
  two.EndBlock(b);
  two.Unlock(0);
  two.Unlock(1);
  CHECK(TheRoom().Resume(a) == Outcome::kGranted);
  one.EndBlock(a);
  CHECK(TheRoom().Resume(promise) == Outcome::kGranted);
  one.participant.EndWait(promise);
  one.Unlock(0);
  one.Unlock(1);
}

// Threads that lock two mutexes in opposite orders, for real: whoever is told gives up, so all come to an end.
TEST("deadlock: threads that close cycles all the time get out of each") {
  constexpr int kRounds = 3000;
  World world;
  std::atomic<int> told{0};
  const auto work = [&](int id) {
    Actor actor(world, id);
    for (int round = 0; round < kRounds; round++) {
      const int first = (id + round) % 2, second = 1 - first;
      const auto lock = [&](int i) {
        if (actor.TryLock(i)) return true;
        Waiter* waiter = actor.Block(i);
        if (waiter == nullptr) return true;
        for (;;) {
          if ((waiter->ready || waiter->naps) && TheRoom().Resume(waiter) == Outcome::kGranted) {
            actor.EndBlock(waiter);
            return true;
          }
          if (actor.IsDeadlocked()) {
            told++;
            actor.GiveUp(waiter);
            return false;
          }
          std::this_thread::yield();
        }
      };
      if (!lock(first)) continue;
      std::this_thread::yield();
      if (lock(second)) actor.Unlock(second);
      actor.Unlock(first);
    }
  };
  std::vector<std::thread> threads;
  for (int id = 1; id <= 3; id++) threads.emplace_back(work, id);
  for (std::thread& thread : threads) thread.join();
  for (const uint32_t mutex : world.mutexes) CHECK_EQ(efd::FreePermits(*world.arena.At(mutex)), 1);
  CHECK(told > 0);
}

}  // namespace unit_deadlock
