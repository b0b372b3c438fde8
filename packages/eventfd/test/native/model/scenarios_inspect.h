#pragma once

#include "model/world.h"

namespace model {

// One looks at everything, and has itself nothing to do with the arena, while those who keep it leave it or die.
inline std::vector<Scenario> InspectScenarios() {
  constexpr auto inspects = [](Self& self) { self.Inspect(); };
  constexpr auto leaves = [](Self& self) { self.LeaveArena(); };
  constexpr auto uses_and_leaves = [](Self& self) {
    CHECK(self.Sync() == Got::kPermits);
    self.Release();
    self.LeaveArena();
  };
  // The first actor has left before.
  constexpr auto prepare = [](Self& self) {
    if (self.host().actor() == 0) self.LeaveArena();
  };
  const auto of = [](const char* name, std::vector<Scenario::Body> actors, int mortal = -1) {
    return Scenario{.name = name,
                    .permits = 1,
                    .actors = std::move(actors),
                    .max = 1,
                    .mortal = mortal,
                    .prepare = prepare,
                    .all = mortal < 0};
  };
  return {
      of("inspect, one leaves", {inspects, leaves}),
      of("inspect, two leave", {inspects, leaves, leaves}),
      of("inspect, one uses and leaves", {inspects, uses_and_leaves}),
      of("inspect, one dies", {inspects, uses_and_leaves}, 1),
      of("inspect, one waits and one dies", {inspects, uses_and_leaves, uses_and_leaves}, 1),
  };
}

}  // namespace model
