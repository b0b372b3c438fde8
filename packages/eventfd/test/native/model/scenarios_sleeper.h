#pragma once

#include "model/world.h"

namespace model {

// Threads that one thing wakes from a sync wait and another in their loop (core/sleeper.h): a signal that goes to the
// wrong one of the two wakes nobody.
inline std::vector<Scenario> SleeperScenarios() {
  constexpr auto lock = [](Self& self) {
    self.Sync();
    self.Release();
  };
  constexpr auto lock_async = [](Self& self) {
    self.Async();
    self.Release();
  };
  constexpr auto lock_for_a_while = [](Self& self) {
    if (self.Sync(1, /*timed=*/true) == Got::kPermits) self.Release();
  };
  // A promise is granted while its thread is blocked for something else, and before and after.
  constexpr auto block_while_awaiting = [](Self& self) {
    ModelWaiter* promise = self.Park();
    CHECK(self.SyncOn(1) == Got::kPermits);
    self.Release(1, 1);
    if (self.Await(promise) == Got::kPermits) self.Release();
  };
  constexpr auto both = [](Self& self) {
    self.Sync();
    self.Release();
    self.Async();
    self.Release();
  };
  constexpr auto second_then_first = [](Self& self) {
    CHECK(self.SyncOn(1) == Got::kPermits);
    self.Release(1, 1);
    self.Sync();
    self.Release();
  };
  const auto of = [](const char* name, std::vector<Scenario::Body> actors, int mortal = -1) {
    const bool two = actors.size() == 2;
    return Scenario{
        .name = name, .permits = 1, .actors = std::move(actors), .mortal = mortal, .all = two, .sleeper = true};
  };
  return {of("sleeper, both block", {lock, lock}),
          of("sleeper, one blocks, one awaits", {lock, lock_async}),
          of("sleeper, each in both ways", {both, lock_async}),
          of("sleeper, one gives up", {lock_for_a_while, lock}),
          of("sleeper, blocks while it awaits", {block_while_awaiting, second_then_first}),
          of("sleeper, blocks while it awaits, and dies", {block_while_awaiting, second_then_first}, 0),
          of("sleeper, three", {lock, lock_async, lock_for_a_while})};
}

}  // namespace model
