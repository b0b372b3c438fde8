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
  // Where it took them is noted from after that until after it has given them back.
  constexpr auto notes_and_leaves = [](Self& self) {
    CHECK(self.Sync() == Got::kPermits);
    const auto first = self.NoteHold(1);
    CHECK(self.Sync() == Got::kPermits);
    const auto second = self.NoteHold(1);
    self.Release();
    self.DropHold(first);
    self.Release();
    self.DropHold(second);
    self.LeaveArena();
  };
  // The first actor has left before.
  constexpr auto prepare = [](Self& self) {
    if (self.host().actor() == 0) self.LeaveArena();
  };
  const auto of = [](const char* name, std::vector<Scenario::Body> actors, int mortal = -1, int permits = 1) {
    return Scenario{.name = name,
                    .permits = permits,
                    .actors = std::move(actors),
                    .max = permits,
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
      of("inspect, one notes where it acquired", {inspects, notes_and_leaves}, -1, 2),
      of("inspect, one that notes it dies", {inspects, notes_and_leaves}, 1, 2),
  };
}

}  // namespace model
