#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <random>
#include <thread>

#include "core/participant.h"
#include "lib/parties.h"

// The waiting room's table grows under threads that wait in it, serve, give up and die.
namespace unit_growth {

using efd::Outcome;
using efd::RealSync;
using test::Arena;
using test::Waiter;
using Participant = efd::Participant<RealSync>;

constexpr int kThreads = 4;
constexpr int kCells = 300;
constexpr int kLives = 3;

class SilentWaker final : public efd::Waker {
 public:
  void Signal() override {}
};

struct World {
  World() : arena(bytes, sizeof bytes, test::kAddon, 1) {
    for (uint32_t& cell : cells) cell = arena.AllocateCell(efd::kSemaphore, efd::kFair, 1, 1, "");
  }
  // Two buckets at first, moved one at a time.
  efd::Room<RealSync> room{efd::LotSize{.first_bits = 1, .stretch = 1}};
  alignas(64) uint8_t bytes[(kCells + 200) * Arena::kLine] = {};
  Arena arena;
  uint32_t cells[kCells];
};

struct Thread {
  explicit Thread(World* world) : participant(&world->room, &waker) {
    bool is_new;
    const uint32_t index = participant.Join(&world->arena, &is_new);
    for (const uint32_t cell : world->cells) {
      uint32_t id;
      CHECK(participant.Attach(index, cell, efd::kSemaphore, 1, &id) == Participant::Attached::kOk);
      at.push_back(participant.At(id));
    }
  }

  SilentWaker waker;
  Participant participant;
  std::vector<Participant::Attachment*> at;
};

// Acquires every cell by a promise, looks at what it was granted, gives up some, releases most; and dies of the rest.
void Live(World* world, uint32_t seed, const std::function<void()>& queued) {
  std::minstd_rand random(seed);
  Thread thread(world);
  Participant& participant = thread.participant;
  auto& at = thread.at;
  std::shuffle(at.begin(), at.end(), random);
  std::vector<Waiter*> waits;
  for (auto* each : at) {
    Waiter* waiter = participant.NewWait(each, 1, efd::Role::kTaker, /*sync=*/false);
    if (world->room.Arrive(waiter) == Outcome::kWaiting) {
      waits.push_back(waiter);
    } else {
      participant.EndWait(waiter);
    }
  }
  queued();
  participant.thread()->Heard();
  while (Waiter* waiter = participant.thread()->NextReady()) {
    if (world->room.Resume(waiter) == Outcome::kWaiting) continue;
    waits.erase(std::find(waits.begin(), waits.end(), waiter));
    participant.EndWait(waiter);
  }
  for (std::size_t i = 0; i < waits.size() / 2; i++) {
    world->room.Leave(waits[i]);
    participant.EndWait(waits[i]);
  }
  for (auto* each : at) {
    if (*each->slot() == 0 || random() % 4 == 0) continue;
    if (efd::Release<RealSync>(each->cell(), each->slot(), 1) == efd::kServeWaiters) world->room.Serve(each->cell());
  }
  participant.Die();
}

TEST("growth: threads wait, serve, give up and die meanwhile, and nothing is lost") {
  for (uint32_t round = 0; round < 6; round++) {
    const auto world = std::make_unique<World>();
    // Holds all of them until all threads wait for all of them, and dies.
    Thread holder(world.get());
    for (auto* each : holder.at) CHECK(efd::TryTake<RealSync>(each->cell(), each->slot(), 1) == efd::kTaken);
    std::atomic<int> queued{0};
    std::vector<std::thread> threads;
    for (uint32_t i = 0; i < kThreads; i++) {
      threads.emplace_back([&, i] {
        for (uint32_t life = 0; life < kLives; life++) {
          Live(world.get(), 1 + round * 100 + i * 10 + life, [&] { queued++; });
        }
      });
    }
    while (queued < kThreads) std::this_thread::yield();
    holder.participant.Die();
    for (std::thread& thread : threads) thread.join();
    for (const uint32_t cell : world->cells) {
      CHECK_EQ(world->arena.At(cell)[efd::kState], efd::AsState(1));
      CHECK_EQ(world->arena.At(cell)[efd::kWaiting], 0);
      CHECK(world->room.WaitersOf(world->arena.At(cell)).empty());
    }
    CHECK(world->room.shape().buckets >= 64);
  }
}

}  // namespace unit_growth
