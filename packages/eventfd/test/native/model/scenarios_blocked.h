#pragma once

#include "model/world.h"

namespace model {

// Promises of a thread that is blocked for something else, which who waits behind them gives back only when it was
// served: were they not passed over, everybody would sleep for ever with a permit free.
inline std::vector<Scenario> BlockedScenarios() {
  using efd::kFair;
  // A has the first cell, which B has promises for, and C the second.
  static constexpr auto have_one_each = [](Self& self, int promises, int32_t want) {
    if (self.host().actor() == 0) self.Sync();
    for (int i = 0; i < promises && self.host().actor() == 1; i++) self.Park(want);
    if (self.host().actor() == 2) self.SyncOn(1);
  };
  constexpr auto one_promise = [](Self& self) { have_one_each(self, 1, 1); };
  constexpr auto two_promises = [](Self& self) { have_one_each(self, 2, 1); };
  constexpr auto one_promise_for_two = [](Self& self) { have_one_each(self, 1, 2); };
  constexpr auto release = [](Self& self) { self.Release(); };
  static constexpr auto await = [](Self& self, uint32_t promise, int32_t want) {
    CHECK(self.Await(self.actor().participant.WaiterAt(promise)) == Got::kPermits);
    self.Release(want);
  };
  static constexpr auto block = [](Self& self) {
    CHECK(self.SyncOn(1) == Got::kPermits);
    self.Release(1, 1);
  };
  constexpr auto block_and_await = [](Self& self) {
    block(self);
    await(self, 0, 1);
  };
  constexpr auto block_and_await_several = [](Self& self) {
    block(self);
    await(self, 0, 2);
  };
  constexpr auto block_and_await_both = [](Self& self) {
    block(self);
    await(self, 0, 1);
    await(self, 1, 1);
  };
  // First the one, and only then the other.
  constexpr auto first_then_second = [](Self& self) {
    self.Sync();
    self.Release();
    self.Release(1, 1);
  };
  constexpr auto first_then_second_async = [](Self& self) {
    self.Async();
    self.Release();
    self.Release(1, 1);
  };
  // For the very cell that its promise waits for.
  constexpr auto block_for_the_same = [](Self& self) {
    CHECK(self.Sync() == Got::kPermits);
    self.Release();
    await(self, 0, 1);
  };
  constexpr auto block_for_the_same_for_a_while = [](Self& self) {
    if (self.Sync(1, /*timed=*/true) == Got::kPermits) self.Release();
    await(self, 0, 1);
  };
  std::vector<Scenario> all;
  for (const int32_t flags : {0, int32_t{kFair}}) {
    const auto of = [&](const char* name, const char* fair_name, Scenario::Body prepare,
                        std::vector<Scenario::Body> actors, int32_t permits = 1, int mortal = -1) {
      const bool two = actors.size() == 2;
      all.push_back({.name = flags == 0 ? name : fair_name,
                     .permits = permits,
                     .actors = std::move(actors),
                     .flags = flags,
                     .mortal = mortal,
                     .prepare = prepare,
                     .all = two});
    };
    of("blocked, passed over by one that blocks", "blocked, passed over by one that blocks, fair", one_promise,
       {release, block_and_await, first_then_second});
    of("blocked, passed over by a promise", "blocked, passed over by a promise, fair", one_promise,
       {release, block_and_await, first_then_second_async});
    of("blocked, two promises passed over", "blocked, two promises passed over, fair", two_promises,
       {release, block_and_await_both, first_then_second});
    of("blocked, one that wants two is passed over", "blocked, one that wants two is passed over, fair",
       one_promise_for_two, {release, block_and_await_several, first_then_second}, 2);
    of("blocked, who was passed over dies", "blocked, who was passed over dies, fair", one_promise,
       {release, block_and_await, first_then_second}, 1, 1);
    of("blocked, behind a promise of its own", "blocked, behind a promise of its own, fair", one_promise,
       {release, block_for_the_same});
    of("blocked, behind a promise of its own, gives up", "blocked, behind a promise of its own, gives up, fair",
       one_promise, {release, block_for_the_same_for_a_while});
    of("blocked, behind a promise of its own, three", "blocked, behind a promise of its own, three, fair", one_promise,
       {release, block_for_the_same_for_a_while, first_then_second});
  }
  return all;
}

}  // namespace model
