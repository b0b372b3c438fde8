#pragma once

#include "model/world.h"

namespace model {

// Two mutexes, locked without a timeout. A cycle that is one is told to the thread that closed it, which then gives up,
// else everybody sleeps for ever; and what is told is one (World::CheckDeadlock).
inline std::vector<Scenario> DeadlockScenarios() {
  static constexpr auto lock = [](Self& self, int first, int second) {
    CHECK(self.Lock(first) == Got::kPermits);
    if (self.Lock(second) == Got::kPermits) self.Release(1, second);
    self.Release(1, first);
  };
  constexpr auto zero_then_one = [](Self& self) { lock(self, 0, 1); };
  constexpr auto one_then_zero = [](Self& self) { lock(self, 1, 0); };
  static constexpr auto never = [](Self& self, int cell) {
    CHECK_SAYS(self.Lock(cell) == Got::kPermits, "told of a deadlock where there can be none");
  };
  constexpr auto one_within_zero = [](Self& self) {
    never(self, 0);
    never(self, 1);
    self.Release(1, 1);
    self.Release(1, 0);
  };
  // What it held when it was looked at it holds no more.
  constexpr auto one_after_the_other = [](Self& self) {
    never(self, 1);
    self.Release(1, 1);
    never(self, 0);
    self.Release(1, 0);
  };
  constexpr auto one_and_zero_for_a_while = [](Self& self) {
    never(self, 1);
    if (self.Sync(1, /*timed=*/true) == Got::kPermits) self.Release(1, 0);
    self.Release(1, 1);
  };
  constexpr auto zero = [](Self& self) {
    never(self, 0);
    self.Release(1, 0);
  };
  // A promise for one, while the thread blocks for the other: it comes first, and is passed over.
  constexpr auto promise_zero_and_lock_one = [](Self& self) {
    ModelWaiter* promise = self.Park();
    if (self.Lock(1) == Got::kPermits) self.Release(1, 1);
    self.Await(promise);
    self.Release(1, 0);
  };
  constexpr auto zero_again_within_one = [](Self& self) {
    CHECK(self.Lock(0) == Got::kPermits);
    const bool both = self.Lock(1) == Got::kPermits;
    self.Release(1, 0);
    if (self.Lock(0) == Got::kPermits) self.Release(1, 0);
    if (both) self.Release(1, 1);
  };

  const auto of = [](const char* name, std::vector<Scenario::Body> actors, int mortal = -1, int32_t flags = 0) {
    const bool all = actors.size() == 2 && mortal < 0 && flags == 0;
    return Scenario{.name = name,
                    .permits = 1,
                    .actors = std::move(actors),
                    .kind = efd::kMutex,
                    .flags = flags,
                    .max = 1,
                    .mortal = mortal,
                    .all = all};
  };
  return {
      of("deadlock, two", {zero_then_one, one_then_zero}),
      of("deadlock, two and one that waits", {zero_then_one, one_then_zero, zero}),
      of("deadlock, one of two dies", {zero_then_one, one_then_zero}, 1),
      of("no deadlock, a promise comes first", {promise_zero_and_lock_one, zero_again_within_one}, -1, efd::kFair),
      of("deadlock, with a promise that comes first", {zero, promise_zero_and_lock_one, one_then_zero}),
      of("no deadlock, one order", {one_within_zero, one_within_zero}),
      of("no deadlock, one after the other", {one_within_zero, one_after_the_other}),
      of("no deadlock, one has a timeout", {one_within_zero, one_and_zero_for_a_while}),
  };
}

}  // namespace model
