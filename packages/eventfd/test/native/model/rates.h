#pragma once

#include <memory>
#include <vector>

#include "core/participant.h"
#include "model/sync.h"

// Actors around a rate, and a clock that they let pass: they draw, wait, give up and die, and an oracle counts the
// tokens, by rules of its own, and knows who came first.
namespace model {

class RateWorld;

// One token each 10 ms.
constexpr int64_t kEachNs = 10'000'000;

// What a scenario's actor can do.
class Drawer final : public efd::Waker {
 public:
  using Waiter = efd::Waiter<ModelSync>;

  struct Wait {
    Waiter* waiter = nullptr;
    int32_t want = 0;
    bool armed = false;    // its thread looks by itself when the alarm goes off
    int arrival = 0;       // the later, the greater; 0: it does not stand in the queue
    int known = 0;         // the same, by when its call has returned
    bool granted = false;  // the oracle has seen that
  };

  Drawer(RateWorld* world, int actor);

  bool Try(int32_t permits = 1);
  // Tries, then waits; the thread blocks, or its loop turns.
  void Draw(int32_t permits = 1, bool sync = false);
  void Park(int32_t permits = 1) { Begin(permits, false); }
  void AwaitAll();
  void AbortFirst();
  // Tokens that it has had.
  void GiveBack(int32_t tokens);
  void Pass(int64_t ms);

  void Run(void (*body)(Drawer&));
  void Signal() override {
    Explorer::Before({Kind::kSignal, &wakes_});
    wakes_ = true;
  }

  std::vector<Wait> waits;
  int dies_at = -1;
  bool died = false;
  bool busy = false;       // inside a call from JavaScript
  int32_t trying = 0;      // what it tries to draw ...
  int tries_since = 0;     // ... since so many were known to wait
  int32_t may_return = 0;  // tokens that it is giving back
  int32_t had = 0;         // tokens that its JavaScript has had

 private:
  struct Died {};

  void Boundary();
  bool Begin(int32_t permits, bool sync);
  void AwaitSync();
  void Sleep();
  void OnSignal();
  bool Look(Wait* wait);
  void End(Wait* wait);

  RateWorld* const world_;
  const int actor_;
  efd::Participant<ModelSync> participant_;
  efd::Participant<ModelSync>::Attachment* at_ = nullptr;
  int boundaries_ = 0;
  bool wakes_ = false;
};

struct RateScenario {
  using Body = void (*)(Drawer&);
  const char* name;
  int32_t burst;
  std::vector<Body> actors;
  int mortal = -1;  // the actor that dies at each of its boundaries in turn
  bool all = false;
};

class RateWorld final : public Program {
 public:
  using Rate = efd::Rate<ModelSync>;

  RateWorld(const RateScenario* scenario, int dies_at) : scenario_(scenario), dies_at_(dies_at) {}

  int actors() const override { return static_cast<int>(scenario_->actors.size()); }
  void Begin() override;
  void Run(int actor) override { drawers_[actor]->Run(scenario_->actors[static_cast<std::size_t>(actor)]); }
  void AfterStep() override;
  void End() override;
  const char* NameOf(const void* object) const override {
    return object == &ModelSync::clock ? "the clock" : "the rate";
  }
  bool any_died() const { return any_died_; }

  static efd::Room<ModelSync>& TheRoom() {
    static auto* room = new efd::Room<ModelSync>;
    return *room;
  }

  // It drew without waiting.
  void Tried(const Drawer& drawer, int actor);
  // Nobody is inside a call: what they rely on must be so.
  void CheckAtRest() const;

  efd::Arena* arena() const { return arena_.get(); }
  uint32_t offset() const { return offset_; }
  int32_t* cell() const { return arena_->At(offset_); }
  int known = 0;  // who has come back from a call, and waits

 private:
  void Grant(int32_t tokens, int64_t now, int64_t then);
  int64_t word() const;

  const RateScenario* const scenario_;
  const int dies_at_;
  bool any_died_ = false;
  alignas(64) uint8_t memory_[32 * 64];
  std::unique_ptr<efd::Arena> arena_;
  uint32_t offset_ = 0;
  std::unique_ptr<Drawer> drawers_[kMaxActors];
  // In Rate's time: when the bucket is full again. By the oracle, and as it was in the cell.
  int64_t full_ = 0, seen_ = 0;
  int arrivals_ = 0;
};

std::vector<RateScenario> RateScenarios();

}  // namespace model
