#pragma once

#include "model/world.h"

namespace model {

// Readers take 1 permit of kMaxPermits, a writer all of them.
inline std::vector<Scenario> RwLockScenarios() {
  using efd::kMaxPermits;
  using efd::kRwLock;
  constexpr auto read = [](Self& self) {
    self.Sync(1);
    self.Release(1);
  };
  constexpr auto read_twice = [](Self& self) {
    self.Sync(1);
    self.Release(1);
    self.Sync(1);
    self.Release(1);
  };
  constexpr auto write = [](Self& self) {
    self.Sync(kMaxPermits);
    self.Release(kMaxPermits);
  };
  constexpr auto write_async = [](Self& self) {
    self.Async(kMaxPermits);
    self.Release(kMaxPermits);
  };
  constexpr auto read_for_a_while = [](Self& self) {
    if (self.Sync(1, /*timed=*/true) == Got::kPermits) self.Release(1);
  };
  constexpr auto write_for_a_while = [](Self& self) {
    if (self.Sync(kMaxPermits, /*timed=*/true) == Got::kPermits) self.Release(kMaxPermits);
  };
  constexpr auto write_async_for_a_while = [](Self& self) {
    if (self.Async(kMaxPermits, /*timed=*/true) == Got::kPermits) self.Release(kMaxPermits);
  };
  constexpr auto write_and_downgrade = [](Self& self) {
    self.Sync(kMaxPermits);
    self.Release(kMaxPermits - 1);
    self.Release(1);
  };
  constexpr auto write_and_close = [](Self& self) {
    self.Sync(kMaxPermits);
    self.Close();
    self.Release(kMaxPermits);
  };
  constexpr auto read_unless_closed = [](Self& self) {
    if (self.Sync(1) == Got::kPermits) self.Release(1);
  };
  constexpr auto write_unless_closed = [](Self& self) {
    if (self.Async(kMaxPermits) == Got::kPermits) self.Release(kMaxPermits);
  };

  const auto of = [](const char* name, std::vector<Scenario::Body> actors, int mortal = -1) {
    return Scenario{
        .name = name, .permits = kMaxPermits, .actors = std::move(actors), .kind = kRwLock, .mortal = mortal};
  };
  const auto all_of = [of](const char* name, std::vector<Scenario::Body> actors, int mortal = -1) {
    Scenario scenario = of(name, std::move(actors), mortal);
    scenario.all = true;
    return scenario;
  };
  return {
      all_of("rwlock, a writer and a reader", {write, read}),
      all_of("rwlock, two writers", {write, write_async}),
      of("rwlock, one writes, two read", {write, read, read}),
      of("rwlock, two write", {write, write, read}),
      of("rwlock, readers overlap, one writes", {read_twice, read_twice, write}),
      of("rwlock, readers overlap, two write", {read_twice, write, write}),
      of("rwlock, downgraded", {write_and_downgrade, read, write_async}),
      all_of("rwlock, timeout, two", {write, read_for_a_while}),
      of("rwlock, a reader times out", {write, read_for_a_while, write_async}),
      of("rwlock, a writer times out", {read, write_for_a_while, read}),
      of("rwlock, a writer aborts", {read, write_async_for_a_while, write}),
      all_of("rwlock, close, two", {write_and_close, read_unless_closed}),
      of("rwlock, close, three", {write_and_close, read_unless_closed, write_unless_closed}),
      all_of("rwlock, the writer dies, two", {write, read}, 0),
      all_of("rwlock, the reader dies, two", {read, write}, 0),
      of("rwlock, the writer dies", {write_and_downgrade, read, write_async}, 0),
      of("rwlock, a reader dies", {read, write, read}, 0),
      of("rwlock, a waiting writer dies", {read, write_async, read}, 1),
      of("rwlock, a writer dies in its nap", {read_twice, write, write}, 1),
  };
}

}  // namespace model
