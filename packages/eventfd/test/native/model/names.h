#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/fastpath.h"
#include "core/names.h"
#include "core/participant.h"
#include "model/sync.h"

// Actors around the table of names: they open, use, let go and die, and an oracle knows who has what open.
namespace model {

class NamesWorld;

// What a scenario's actor can do. All names stand for mutexes.
class Opener {
 public:
  Opener(NamesWorld* world, int actor);

  void Open(const char16_t* name);
  // Takes it if it is free.
  bool Try(const char16_t* name);
  void Unlock(const char16_t* name);
  void LetGo(const char16_t* name);

  void Run(void (*body)(Opener&));
  void Boundary();

  struct Use {
    uint32_t id = 0;
    uint32_t offset = 0;
    uint32_t generation = 0;
    bool locked = false;
  };
  // What it has open; also while it is letting go, or dying, no more.
  std::map<std::u16string, Use> open;
  int dies_at = -1;
  bool died = false;

 private:
  struct Died {};
  class NoWaker final : public efd::Waker {
    void Signal() override {}
  };

  void CheckUse(const Use& use);

  NamesWorld* const world_;
  NoWaker waker_;
  efd::Participant<ModelSync> participant_;
  uint32_t arena_ = 0;
  int boundaries_ = 0;
};

struct NameScenario {
  using Body = void (*)(Opener&);
  const char* name;
  std::vector<Body> actors;
  int mortal = -1;  // the actor that dies at each of its boundaries in turn
  bool all = false;
};

class NamesWorld final : public Program {
 public:
  NamesWorld(const NameScenario* scenario, int dies_at) : scenario_(scenario), dies_at_(dies_at) {}

  int actors() const override { return static_cast<int>(scenario_->actors.size()); }
  void Begin() override;
  void Run(int actor) override { openers_[actor]->Run(scenario_->actors[static_cast<std::size_t>(actor)]); }
  void End() override;
  const char* NameOf(const void*) const override { return "the table or a cell"; }
  bool any_died() const { return any_died_; }

  static efd::Room<ModelSync>& TheRoom() {
    static auto* room = new efd::Room<ModelSync>;
    return *room;
  }

  // Whoever has the name open has the same object.
  void CheckSame(const std::u16string& name, const Opener::Use& use) const;
  // Nobody else holds the lock of that name.
  void CheckAlone(const std::u16string& name, const Opener* self) const;

  std::unique_ptr<efd::Names<ModelSync>> names;
  std::set<std::u16string> orphaned;  // whose owner died, and nobody has been told

 private:
  const NameScenario* const scenario_;
  const int dies_at_;
  bool any_died_ = false;
  alignas(64) uint8_t memory_[32 * 64];
  std::unique_ptr<Opener> openers_[kMaxActors];
};

std::vector<NameScenario> NameScenarios();

}  // namespace model
