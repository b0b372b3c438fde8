#pragma once

#include "model/world.h"

namespace model {

// A queue that may be so long and no longer.
inline std::vector<Scenario> FullScenarios() {
  constexpr auto lock = [](Self& self) {
    if (self.Sync() == Got::kPermits) self.Release();
  };
  constexpr auto lock_async = [](Self& self) {
    if (self.Async() == Got::kPermits) self.Release();
  };
  constexpr auto lock_for_a_while = [](Self& self) {
    if (self.Async(1, /*timed=*/true) == Got::kPermits) self.Release();
  };
  constexpr auto two = [](Self& self) {
    if (self.Async(2) == Got::kPermits) self.Release(2);
  };
  return {
      {.name = "full, nobody may wait", .permits = 1, .actors = {lock, lock_async}, .all = true, .max_waiting = 0},
      {.name = "full, nobody may wait, three",
       .permits = 1,
       .actors = {lock, lock_async, lock},
       .all = true,
       .max_waiting = 0},
      {.name = "full, one may wait", .permits = 1, .actors = {lock, lock_async, lock}, .max_waiting = 1},
      {.name = "full, fair, one gives up",
       .permits = 1,
       .actors = {lock, lock_for_a_while, lock},
       .flags = efd::kFair,
       .max_waiting = 1},
      {.name = "full, weights", .permits = 2, .actors = {two, lock_async, lock}, .max_waiting = 1},
      {.name = "full, a waiter dies",
       .permits = 1,
       .actors = {lock, lock_async, lock_async},
       .mortal = 2,
       .max_waiting = 1},
  };
}

}  // namespace model
