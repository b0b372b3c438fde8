#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/participant.h"
#include "model/sync.h"

// Actors around the table of Web Locks: they request, hold, steal, abort and die, and an oracle knows who is inside.
namespace model {

class LocksWorld;

// What a scenario's actor can do; its thread, with a loop that hears the news.
class Locker final : public efd::Waker {
 public:
  using Request = efd::LockRequest<ModelSync>;
  static constexpr auto kExclusive = efd::LockMode::kExclusive;
  static constexpr auto kShared = efd::LockMode::kShared;

  Locker(LocksWorld* world, int actor);

  // The number of the request; negative: not available.
  int Ask(const char16_t* name, efd::LockMode mode = kExclusive, efd::LockUrgency urgency = efd::LockUrgency::kWaits);
  // Sleeps until it is granted. False when it was stolen since.
  bool Await(int request);
  // Gives it back, whatever became of it; or waits no longer.
  void End(int request);
  // As if its time were up: true when it is inside, or was.
  bool Expire(int request);
  void Use(const char16_t* name, efd::LockMode mode = kExclusive);

  void Run(void (*body)(Locker&));
  void Signal() override;

  // What it knows of a request.
  struct Mine {
    std::u16string name;
    Request* request;
    efd::LockMode mode;
    bool inside;  // it has heard that it holds the lock, and not that it was stolen
    bool stolen;
  };
  std::vector<Mine> mine;
  int dies_at = -1;
  bool died = false;

 private:
  struct Died {};

  void Boundary();
  void Hear();
  void Enter(Mine* each);

  LocksWorld* const world_;
  efd::Participant<ModelSync> participant_;
  int boundaries_ = 0;
  bool wakes_ = false;
  bool ended_ = false;
};

struct LockScenario {
  using Body = void (*)(Locker&);
  const char* name;
  std::vector<Body> actors;
  int mortal = -1;  // the actor that dies at each of its boundaries in turn
  bool all = false;
};

class LocksWorld final : public Program {
 public:
  LocksWorld(const LockScenario* scenario, int dies_at) : scenario_(scenario), dies_at_(dies_at) {}

  int actors() const override { return static_cast<int>(scenario_->actors.size()); }
  void Begin() override;
  void Run(int actor) override { lockers_[actor]->Run(scenario_->actors[static_cast<std::size_t>(actor)]); }
  void End() override;
  const char* NameOf(const void*) const override { return "the table or a thread"; }
  bool any_died() const { return any_died_; }

  static efd::Room<ModelSync>& TheRoom() {
    static auto* room = new efd::Room<ModelSync>;
    return *room;
  }

  // Nobody else is inside who excludes it.
  void CheckAlone(const Locker* self, const Locker::Mine& entered) const;

  std::unique_ptr<efd::LockTable<ModelSync>> table;

 private:
  const LockScenario* const scenario_;
  const int dies_at_;
  bool any_died_ = false;
  std::unique_ptr<Locker> lockers_[kMaxActors];
};

std::vector<LockScenario> LockScenarios();

}  // namespace model
