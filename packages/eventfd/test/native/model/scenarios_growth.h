#pragma once

#include "model/world.h"

namespace model {

// The table of the waiting room grows, from one bucket, at the next wait after both cells are waited for: while others
// wait, serve, give up and die.
inline std::vector<Scenario> GrowthScenarios() {
  constexpr auto both = [](Self& self) {
    CHECK(self.Sync() == Got::kPermits);
    CHECK(self.SyncOn(1) == Got::kPermits);
    self.Release(1, 1);
    self.Release(1, 0);
  };
  constexpr auto first = [](Self& self) {
    CHECK(self.Sync() == Got::kPermits);
    self.Release();
  };
  constexpr auto first_for_a_while = [](Self& self) {
    if (self.Sync(1, /*timed=*/true) == Got::kPermits) self.Release();
  };
  constexpr auto second = [](Self& self) {
    CHECK(self.SyncOn(1) == Got::kPermits);
    self.Release(1, 1);
  };
  const auto of = [](const char* name, std::vector<Scenario::Body> actors, int mortal = -1) {
    return Scenario{.name = name, .permits = 1, .actors = std::move(actors), .max = 1, .mortal = mortal, .grows = true};
  };
  return {
      of("growth, who holds both serves", {both, first, second, second}),
      of("growth, one times out", {both, first_for_a_while, second, first}),
      of("growth, who holds both dies", {both, first, second, second}, 0),
      of("growth, a waiter dies", {both, first, second, first}, 1),
      of("growth, who makes room dies", {both, first, second, second}, 3),
  };
}

}  // namespace model
