// Threads that do at random everything the waiting room offers, dying included. At the end nothing is lost: what is
// free is all there is, nobody waits, and every word is as if nothing had happened.
#include <atomic>
#include <chrono>
#include <memory>
#include <random>
#include <thread>

#include "lib/actor.h"
#include "lib/wakers.h"

namespace {

using efd::RealSync;
using test::Died;
using test::Got;

using Clock = std::chrono::steady_clock;

constexpr int kThreads = 4;

// How often each thing happened, so that the test can tell that it happened at all.
struct Counts {
  std::atomic<long> granted{0}, timeouts{0}, aborted{0}, overtaken{0}, deaths{0};
};
Counts counts;

class Host final : public efd::Waker, public test::NoOracle {
 public:
  explicit Host(uint32_t seed) : random(seed) {
    if (Below(2) == 0) {
      waker_ = std::make_unique<test::FdWaker>();
    } else {
      waker_ = std::make_unique<test::SleeperWaker>();
    }
  }

  // Called under the thread's lock, as Retire() is: `retired_` needs no lock of its own.
  void Signal() override {
    CHECK_SAYS(!retired_, "a retired waker is signalled");
    waker_->Signal();
  }
  bool Sleep(bool timed) { return waker_->Sleep(TimeOf(timed)); }
  bool Turn(bool timed) { return waker_->Turn(TimeOf(timed)); }
  bool Nap() { return waker_->Sleep(std::chrono::microseconds(Below(100))); }
  bool EndsSlice(bool timed) { return timed && Below(2) == 0; }
  void Boundary() {
    if (mortal && Below(400) == 0) throw Died{};
  }
  void Ended() {
    retired_ = true;
    waker_.reset();
  }
  void Resumed(const efd::Waiter<RealSync>*, efd::Outcome outcome) {
    if (outcome == efd::Outcome::kWaiting) counts.overtaken++;
  }

  int Below(int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); }

  std::minstd_rand random;
  bool mortal = true;

 private:
  std::chrono::nanoseconds TimeOf(bool timed) {
    return timed ? std::chrono::milliseconds(Below(2)) : std::chrono::hours(24);
  }

  std::unique_ptr<test::ThreadWaker> waker_;
  bool retired_ = false;
};

using Actor = test::Actor<RealSync, Host>;

struct Kind {
  int32_t permits;
  int32_t flags;
};
constexpr Kind kCells[] = {{1, 0}, {3, 0}, {1, efd::kFair}, {4, efd::kFair}};
constexpr int kCellCount = 4;

struct World {
  World() : arena(memory, sizeof memory, 1, 1) {
    for (int i = 0; i < kCellCount; i++) {
      cells[i] = arena.AllocateCell(efd::kSemaphore, kCells[i].flags, kCells[i].permits, 8, "");
    }
  }
  alignas(64) uint8_t memory[64 * 64] = {};
  efd::Arena arena;
  uint32_t cells[kCellCount];
  // How many are inside at this moment, by the threads' own count.
  std::atomic<int> inside[kCellCount] = {};
};

efd::Room<RealSync>& TheRoom() {
  static auto* room = new efd::Room<RealSync>;
  return *room;
}

// A thread's life. It waits without a timeout only while it holds nothing: else two could wait for each other.
class Life {
 public:
  Life(World* world, Host* host) : world_(world), host_(host), actor_(&TheRoom(), host) {
    for (int i = 0; i < kCellCount; i++) at_[i] = actor_.Attach(&world->arena, world->cells[i], efd::kSemaphore);
  }

  void Run(Clock::time_point until) {
    try {
      while (Clock::now() < until) Step();
      host_->mortal = false;
      ReleaseAll();
    } catch (const Died&) {
      counts.deaths++;
      for (int i = 0; i < kCellCount; i++) world_->inside[i] -= held_[i];
    }
    actor_.Die();
  }

 private:
  void Step() {
    const int i = host_->Below(kCellCount);
    const int32_t want = 1 + host_->Below(kCells[i].permits);
    const bool timed = HoldsAny() || host_->Below(4) == 0;
    actor_.priority = host_->Below(3) == 0 ? host_->Below(efd::kMostPriority + 1) : 0;
    switch (host_->Below(8)) {
      case 0:
        if (actor_.TryAcquire(at_[i], want)) Entered(i, want);
        break;
      case 1:
        Count(actor_.AcquireSync(at_[i], want, timed), i, want);
        break;
      case 2:
        Count(actor_.Acquire(at_[i], want, timed), i, want);
        break;
      case 3:
        BlockMeanwhile(i, want);
        break;
      default:
        ReleaseAll();
    }
  }

  // An async wait, a sync one on another cell meanwhile, and then the first is awaited or aborted.
  void BlockMeanwhile(int i, int32_t want) {
    const int j = host_->Below(kCellCount);
    Got got;
    auto* waiter = actor_.Park(at_[i], want, efd::Role::kTaker, &got);
    if (waiter == nullptr) Count(got, i, want);
    Count(actor_.AcquireSync(at_[j], 1, /*timed=*/true), j, 1);
    if (waiter == nullptr) return;
    if (host_->Below(2) == 0) {
      Count(actor_.Await(waiter, /*timed=*/true), i, want);
    } else {
      actor_.Abort(waiter);
      counts.aborted++;
    }
  }

  void Count(Got got, int i, int32_t permits) {
    CHECK(got != Got::kClosed);
    if (got == Got::kPermits) {
      counts.granted++;
      Entered(i, permits);
    } else {
      counts.timeouts++;
    }
  }

  void Entered(int i, int32_t permits) {
    held_[i] += permits;
    CHECK(world_->inside[i].fetch_add(permits) + permits <= kCells[i].permits);
  }

  void ReleaseAll() {
    for (int i = 0; i < kCellCount; i++) {
      while (held_[i] > 0) {
        const int32_t permits = 1 + host_->Below(held_[i]);
        held_[i] -= permits;
        world_->inside[i] -= permits;
        actor_.Release(at_[i], permits);
      }
    }
  }

  bool HoldsAny() const {
    for (int32_t held : held_) {
      if (held > 0) return true;
    }
    return false;
  }

  World* world_;
  Host* host_;
  Actor actor_;
  Actor::Attachment* at_[kCellCount];
  int32_t held_[kCellCount] = {};
};

}  // namespace

int main(int argc, char** argv) {
  const uint32_t seed = argc > 1 ? static_cast<uint32_t>(strtoul(argv[1], nullptr, 10)) : std::random_device{}();
  const double seconds = argc > 2 ? strtod(argv[2], nullptr) : 2;
  printf("stress: seed %u, %.1f s, %d threads\n", seed, seconds, kThreads);
  fflush(stdout);
  test::now = "stress";
  test::Deadline(static_cast<unsigned>(seconds) + 60);

  World world;
  const auto until = Clock::now() + std::chrono::milliseconds(static_cast<int>(seconds * 1000));
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; i++) {
    threads.emplace_back([&world, until, seed, i] {
      // One life after the other, until the time is up.
      for (uint32_t life = 0; life == 0 || Clock::now() < until; life++) {
        Host host(seed + static_cast<uint32_t>(i) * 7919 + life * 104729);
        Life(&world, &host).Run(until);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  for (int i = 0; i < kCellCount; i++) {
    const int32_t* cell = world.arena.At(world.cells[i]);
    CHECK_EQ(world.inside[i].load(), 0);
    CHECK_EQ(efd::FreePermits(cell[efd::kState]), kCells[i].permits);
    CHECK_EQ(cell[efd::kState] & 3, 0);
    CHECK_EQ(cell[efd::kWaiting], 0);
    CHECK(TheRoom().WaitersOf(world.arena.At(world.cells[i])).empty());
  }
  // A stress that never got there shows nothing.
  CHECK(counts.granted > 0 && counts.timeouts > 0 && counts.aborted > 0 && counts.deaths > 0);
  printf("stress: %ld granted, %ld timed out, %ld aborted, %ld overtaken, %ld deaths; nothing lost\n",
         counts.granted.load(), counts.timeouts.load(), counts.aborted.load(), counts.overtaken.load(),
         counts.deaths.load());
  return 0;
}
