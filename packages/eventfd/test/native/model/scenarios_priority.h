#pragma once

#include "model/world.h"

namespace model {

// Who goes first, and after a while. That a second has passed is one more thing that may happen at any moment.
inline std::vector<Scenario> PriorityScenarios() {
  constexpr auto lock = [](Self& self) {
    if (self.Sync() == Got::kPermits) self.Release();
  };
  constexpr auto low = [](Self& self) {
    if (self.As(1).Sync() == Got::kPermits) self.Release();
  };
  constexpr auto high = [](Self& self) {
    if (self.As(2).Sync() == Got::kPermits) self.Release();
  };
  constexpr auto high_async = [](Self& self) {
    if (self.As(2).Async() == Got::kPermits) self.Release();
  };
  constexpr auto high_for_a_while = [](Self& self) {
    if (self.As(2).Async(1, /*timed=*/true) == Got::kPermits) self.Release();
  };
  constexpr auto two = [](Self& self) {
    if (self.Sync(2) == Got::kPermits) self.Release(2);
  };
  constexpr auto two_high = [](Self& self) {
    if (self.As(2).Async(2) == Got::kPermits) self.Release(2);
  };
  // Holds it, and others come meanwhile.
  constexpr auto lets_go = [](Self& self) { self.Release(); };
  constexpr auto lets_go_later = [](Self& self) {
    self.LetTimePass();
    self.Release();
  };
  constexpr auto first_holds = [](Self& self) {
    if (self.host().actor() == 0) CHECK(self.Try());
  };
  return {
      {.name = "priority, two", .permits = 1, .actors = {low, high_async}, .all = true},
      {.name = "priority, three", .permits = 1, .actors = {lock, low, high_async}},
      {.name = "priority, fair, three", .permits = 1, .actors = {lock, high, high_async}, .flags = efd::kFair},
      {.name = "priority, who waits is higher", .permits = 1, .actors = {lets_go, low, high}, .prepare = first_holds},
      {.name = "priority, a second passes",
       .permits = 1,
       .actors = {lets_go_later, low, high_async},
       .prepare = first_holds},
      {.name = "priority, fair, a second passes",
       .permits = 1,
       .actors = {lets_go_later, low, high},
       .flags = efd::kFair,
       .prepare = first_holds},
      {.name = "priority, weights", .permits = 2, .actors = {two, high_async, low}},
      {.name = "priority, weights, the highest wants two", .permits = 2, .actors = {lock, low, two_high}},
      {.name = "priority, the highest gives up", .permits = 1, .actors = {lock, low, high_for_a_while}},
      {.name = "priority, the highest dies", .permits = 1, .actors = {lock, low, high_async}, .mortal = 2},
      {.name = "priority, one may wait", .permits = 1, .actors = {lock, low, high_async}, .max_waiting = 1},
  };
}

}  // namespace model
