#pragma once

#include "model/world.h"

namespace model {

// What is common to all classes, with a semaphore (a mutex is one of 1 permit) for most of it; conditions, latches and
// events.
inline std::vector<Scenario> QueueScenarios() {
  using efd::Role;
  constexpr auto lock = [](Self& self) {
    self.Sync();
    self.Release();
  };
  constexpr auto lock_async = [](Self& self) {
    self.Async();
    self.Release();
  };
  constexpr auto lock_twice = [](Self& self) {
    for (int i = 0; i < 2; i++) {
      self.Sync();
      self.Release();
    }
  };
  constexpr auto lock_async_twice = [](Self& self) {
    for (int i = 0; i < 2; i++) {
      self.Async();
      self.Release();
    }
  };
  constexpr auto lock_for_a_while = [](Self& self) {
    if (self.Sync(1, /*timed=*/true) == Got::kPermits) self.Release();
  };
  constexpr auto lock_async_for_a_while = [](Self& self) {
    if (self.Async(1, /*timed=*/true) == Got::kPermits) self.Release();
  };
  constexpr auto two = [](Self& self) {
    self.Sync(2);
    self.Release(2);
  };
  constexpr auto two_one_by_one = [](Self& self) {
    self.Sync(2);
    self.Release();
    self.Release();
  };
  constexpr auto as_many_as_can_be = [](Self& self) {
    self.Sync(efd::kMaxPermits);
    self.Release(efd::kMaxPermits);
  };
  constexpr auto two_for_a_while = [](Self& self) {
    if (self.Async(2, /*timed=*/true) == Got::kPermits) self.Release(2);
  };
  constexpr auto abort_at_once = [](Self& self) {
    if (ModelWaiter* waiter = self.Park()) {
      self.Abort(waiter);
    } else if (self.parked() == Got::kPermits) {
      self.Release();
    }
  };
  constexpr auto await_two = [](Self& self) {
    ModelWaiter* first = self.Park();
    ModelWaiter* second = self.Park();
    self.Await(first);
    self.Await(second);
    self.Release();
    self.Release();
  };
  // The sync wait is on the second cell; meanwhile the async one may be granted.
  constexpr auto block_meanwhile = [](Self& self) {
    ModelWaiter* waiter = self.Park();
    self.SyncOn(1);
    self.Release(1, 1);
    self.Await(waiter);
    self.Release();
  };
  constexpr auto lock_both = [](Self& self) {
    self.Sync();
    self.SyncOn(1);
    self.Release();
    self.Release(1, 1);
  };
  constexpr auto unless_closed = [](Self& self) {
    if (self.Sync() == Got::kPermits) self.Release();
  };
  constexpr auto two_unless_closed = [](Self& self) {
    if (self.Async(2) == Got::kPermits) self.Release(2);
  };
  constexpr auto unless_closed_async = [](Self& self) {
    if (self.Async() == Got::kPermits) self.Release();
  };
  constexpr auto lock_and_close = [](Self& self) {
    self.Sync();
    self.Close();
    self.Release();
  };
  constexpr auto close = [](Self& self) { self.Close(); };
  constexpr auto is_closed = [](Self& self) { CHECK(self.Sync() == Got::kClosed); };
  constexpr auto is_closed_async = [](Self& self) { CHECK(self.Async() == Got::kClosed); };
  constexpr auto grow_by_two = [](Self& self) {
    self.Grow(1);
    self.Grow(1);
  };
  // Twice, each for one who waits: what comes back is nobody's.
  constexpr auto lend_twice = [](Self& self) {
    self.Grow(1, 1);
    self.Grow(1, 1);
  };
  constexpr auto shrink_by_one = [](Self& self) {
    self.Sync();
    self.Grow(-1);
    self.Release();
  };
  constexpr auto shrink_and_grow = [](Self& self) {
    self.Grow(-1);
    self.Grow(1);
  };
  constexpr auto post = [](Self& self) { self.Post(); };
  constexpr auto pass = [](Self& self) { CHECK(self.Wait(0) == Got::kPermits); };
  constexpr auto pass_for_a_while = [](Self& self) { self.Wait(0, Role::kTaker, /*timed=*/true); };

  // Two wait for a notification that is sent once: who gets it sends another, who does not want it passes it on.
  constexpr auto notify = [](Self& self) { self.Notify(1); };
  constexpr auto be_notified = [](Self& self) {
    CHECK(self.Await(self.actor().participant.WaiterAt(0)) == Got::kPermits);
    self.Notify(1);
  };
  constexpr auto be_notified_for_a_while = [](Self& self) {
    if (self.Await(self.actor().participant.WaiterAt(0), /*timed=*/true) == Got::kPermits) self.Notify(1);
  };
  constexpr auto park_for_notification = [](Self& self) {
    if (self.host().actor() != 0) self.Park(0, Role::kNotified);
  };

  // A condition as it is used: what is waited for is guarded by a mutex (the second cell), which the waiter lets go of
  // once it stands in the queue, and holds again afterwards.
  constexpr auto wait_until_true = [](Self& self) {
    self.SyncOn(1);
    while (!self.guarded()) {
      ModelWaiter* waiter = self.Park(0, Role::kNotified);
      self.Release(1, 1);
      self.Await(waiter);
      self.SyncOn(1);
    }
    self.Release(1, 1);
  };
  constexpr auto wait_a_while_until_true = [](Self& self) {
    self.SyncOn(1);
    if (!self.guarded()) {
      ModelWaiter* waiter = self.Park(0, Role::kNotified);
      self.Release(1, 1);
      const Got got = self.Await(waiter, /*timed=*/true);
      self.SyncOn(1);
      if (got == Got::kPermits) self.Notify(1);  // it was sent once, and another waits
    }
    self.Release(1, 1);
  };
  constexpr auto wait_unless_closed = [](Self& self) {
    self.SyncOn(1);
    ModelWaiter* waiter = self.Park(0, Role::kNotified);
    self.Release(1, 1);
    CHECK(self.Await(waiter) == Got::kClosed);
    self.SyncOn(1);
    self.Release(1, 1);
  };
  constexpr auto make_true = [](Self& self) {
    self.SyncOn(1);
    self.guarded() = true;
    self.Notify(1);
    self.Release(1, 1);
  };
  constexpr auto make_true_for_all = [](Self& self) {
    self.SyncOn(1);
    self.guarded() = true;
    self.Notify(2);
    self.Release(1, 1);
  };

  constexpr auto set = [](Self& self) { self.SetEvent(); };
  constexpr auto wait_and_set = [](Self& self) {
    CHECK(self.Wait(1) == Got::kPermits);
    self.SetEvent();
  };
  constexpr auto wait_for_a_while_and_set = [](Self& self) {
    if (self.Wait(1, Role::kTaker, /*timed=*/true) == Got::kPermits) self.SetEvent();
  };

  // With the mutex held: the death of the last owner is known, once.
  constexpr auto lock_and_learn = [](Self& self) {
    self.Sync();
    self.LearnOfDeath();
    self.Release();
  };
  constexpr auto lock_async_and_learn = [](Self& self) {
    self.Async();
    self.LearnOfDeath();
    self.Release();
  };

  // What one has from the start, it lets go of, takes again and lets go of, while the other wakes up.
  constexpr auto have_the_lock = [](Self& self) {
    if (self.host().actor() == 0) self.Sync();
  };
  constexpr auto pass_to_and_fro = [](Self& self) {
    self.Release();
    self.Sync();
    self.Release();
  };
  using efd::kFair;

  return {
      {.name = "mutex, two sync", .permits = 1, .actors = {lock, lock}, .all = true},
      {.name = "mutex, two async", .permits = 1, .actors = {lock_async, lock_async}, .all = true},
      {.name = "mutex, one sync, one async", .permits = 1, .actors = {lock, lock_async}, .all = true},
      {.name = "mutex, two fair", .permits = 1, .actors = {lock, lock_async}, .flags = kFair, .all = true},
      {.name = "mutex, twice each", .permits = 1, .actors = {lock_twice, lock_twice}},
      {.name = "mutex, twice each, fair", .permits = 1, .actors = {lock_twice, lock_twice}, .flags = kFair},
      {.name = "mutex, overtaken while it wakes up",
       .permits = 1,
       .actors = {pass_to_and_fro, lock},
       .prepare = have_the_lock,
       .all = true},
      {.name = "mutex, two overtaken while they wake up",
       .permits = 1,
       .actors = {pass_to_and_fro, lock, lock_for_a_while},
       .prepare = have_the_lock},
      {.name = "mutex, twice, against an async one", .permits = 1, .actors = {lock_twice, lock_async}, .all = true},
      {.name = "mutex, twice, against an async one twice", .permits = 1, .actors = {lock_twice, lock_async_twice}},
      {.name = "mutex, three", .permits = 1, .actors = {lock, lock, lock_async}, .all = true},
      {.name = "mutex, three fair", .permits = 1, .actors = {lock, lock, lock_async}, .flags = kFair, .all = true},
      {.name = "semaphore of 2, three", .permits = 2, .actors = {lock, lock, lock_async}, .all = true},
      {.name = "semaphore of 2, two for all of it", .permits = 2, .actors = {two, two_one_by_one}, .all = true},
      {.name = "semaphore of 2, weights 2 1 1", .permits = 2, .actors = {two_one_by_one, lock, lock_async}},
      {.name = "semaphore of as many as can be",
       .permits = efd::kMaxPermits,
       .actors = {as_many_as_can_be, lock_twice}},
      {.name = "semaphore of 2, weights 2 2 1", .permits = 2, .actors = {two_one_by_one, two, lock}},
      {.name = "a thread awaits two", .permits = 0, .actors = {await_two, grow_by_two}, .all = true},
      {.name = "timeout, two", .permits = 1, .actors = {lock, lock_for_a_while}, .all = true},
      {.name = "timeout, three", .permits = 1, .actors = {lock, lock_for_a_while, lock}},
      {.name = "timeout, three fair", .permits = 1, .actors = {lock, lock_for_a_while, lock}, .flags = kFair},
      {.name = "timeout of a weighted wait", .permits = 2, .actors = {two_one_by_one, two_for_a_while, lock}},
      {.name = "abort, two", .permits = 1, .actors = {lock, lock_async_for_a_while}, .all = true},
      {.name = "abort, three", .permits = 1, .actors = {lock, abort_at_once, lock}},
      {.name = "abort, three fair", .permits = 1, .actors = {lock, abort_at_once, lock_async}, .flags = kFair},
      {.name = "a thread blocks while it awaits", .permits = 1, .actors = {lock_both, block_meanwhile}, .all = true},
      {.name = "a thread blocks while it awaits, fair",
       .permits = 1,
       .actors = {lock_both, block_meanwhile},
       .flags = kFair,
       .all = true},
      {.name = "close, two", .permits = 1, .actors = {lock_and_close, unless_closed}, .all = true},
      {.name = "close, three",
       .permits = 1,
       .actors = {lock_and_close, unless_closed, unless_closed_async},
       .all = true},
      {.name = "close, nothing to be had", .permits = 0, .actors = {close, is_closed, is_closed_async}, .all = true},
      {.name = "grow", .permits = 0, .actors = {grow_by_two, lock, lock_async}, .all = true},
      {.name = "grow and recall", .permits = 1, .actors = {lend_twice, lock, lock_async}},
      {.name = "shrink", .permits = 2, .actors = {shrink_by_one, lock, lock_async}},
      {.name = "shrink and grow", .permits = 1, .actors = {shrink_and_grow, lock, lock_async}, .all = true},
      {.name = "grow, one gives up", .permits = 0, .actors = {grow_by_two, lock, two_for_a_while}},
      {.name = "grow, who grows dies", .permits = 1, .actors = {grow_by_two, lock, lock_async}, .mortal = 0},
      {.name = "shrink, one gives up", .permits = 2, .actors = {shrink_by_one, lock_for_a_while, lock_async}},
      {.name = "shrink, who shrinks dies", .permits = 2, .actors = {shrink_by_one, lock, lock_async}, .mortal = 0},
      {.name = "grow and close", .permits = 0, .actors = {grow_by_two, close, unless_closed_async}, .all = true},
      {.name = "close, weights", .permits = 2, .actors = {lock_and_close, two_unless_closed, unless_closed}},
      {.name = "close, one gives up", .permits = 1, .actors = {lock_and_close, lock_async_for_a_while, unless_closed}},
      {.name = "the holder dies, two", .permits = 1, .actors = {lock, lock}, .mortal = 0, .all = true},
      {.name = "the holder dies, three", .permits = 1, .actors = {lock_twice, lock, lock_async}, .mortal = 0},
      {.name = "the holder dies, three fair",
       .permits = 1,
       .actors = {lock, lock, lock_async},
       .flags = kFair,
       .mortal = 0},
      {.name = "a waiter dies, two", .permits = 1, .actors = {lock, lock_async}, .mortal = 1, .all = true},
      {.name = "a waiter dies, three", .permits = 1, .actors = {lock, lock_async, lock}, .mortal = 1},
      {.name = "a waiter dies, three fair",
       .permits = 1,
       .actors = {lock, lock, lock_async},
       .flags = kFair,
       .mortal = 1},
      {.name = "a weighted waiter dies", .permits = 2, .actors = {two_one_by_one, two, lock}, .mortal = 1},
      {.name = "who blocks and awaits dies",
       .permits = 1,
       .actors = {lock_both, block_meanwhile},
       .mortal = 1,
       .all = true},
      {.name = "the one that closes dies",
       .permits = 1,
       .actors = {lock_and_close, unless_closed},
       .mortal = 0,
       .all = true},
      {.name = "the owner of a mutex dies, two",
       .permits = 1,
       .actors = {lock, lock_and_learn},
       .kind = efd::kMutex,
       .max = 1,
       .mortal = 0,
       .all = true},
      {.name = "the owner of a mutex dies, three",
       .permits = 1,
       .actors = {lock, lock_and_learn, lock_async_and_learn},
       .kind = efd::kMutex,
       .max = 1,
       .mortal = 0},
      {.name = "latch of 2", .permits = -1, .actors = {post, post, pass}, .kind = efd::kLatch, .max = 1, .all = true},
      {.name = "latch of 1, two pass",
       .permits = 0,
       .actors = {post, pass, pass_for_a_while},
       .kind = efd::kLatch,
       .max = 1,
       .all = true},
      {.name = "condition, one gives up",
       .permits = 0,
       .actors = {notify, be_notified_for_a_while, be_notified},
       .kind = efd::kCondition,
       .max = 1,
       .prepare = park_for_notification,
       .all = true},
      {.name = "condition, one dies",
       .permits = 0,
       .actors = {notify, be_notified, be_notified_for_a_while},
       .kind = efd::kCondition,
       .max = 1,
       .mortal = 2,
       .prepare = park_for_notification,
       .all = true},
      {.name = "condition and mutex",
       .permits = 0,
       .actors = {make_true, wait_until_true},
       .kind = efd::kCondition,
       .max = 1,
       .all = true},
      {.name = "condition and mutex, notify all",
       .permits = 0,
       .actors = {make_true_for_all, wait_until_true, wait_until_true},
       .kind = efd::kCondition,
       .max = 1},
      {.name = "condition and mutex, one gives up",
       .permits = 0,
       .actors = {make_true, wait_a_while_until_true, wait_until_true},
       .kind = efd::kCondition,
       .max = 1},
      {.name = "condition and mutex, one dies",
       .permits = 0,
       .actors = {make_true_for_all, wait_until_true, wait_until_true},
       .kind = efd::kCondition,
       .max = 1,
       .mortal = 2},
      {.name = "condition and mutex, closed",
       .permits = 0,
       .actors = {close, wait_unless_closed, wait_unless_closed},
       .kind = efd::kCondition,
       .max = 1},
      {.name = "condition and mutex, who notifies dies",
       .permits = 0,
       .actors = {make_true, make_true, wait_until_true},
       .kind = efd::kCondition,
       .max = 1,
       .mortal = 0},
      {.name = "event, one gives up",
       .permits = 0,
       .actors = {set, wait_for_a_while_and_set, wait_and_set},
       .kind = efd::kEvent,
       .flags = efd::kAutoReset,
       .max = 1,
       .all = true},
      {.name = "spin, two", .permits = 1, .actors = {lock, lock}, .all = true, .spinning = 1},
      {.name = "spin, one sync, one async",
       .permits = 1,
       .actors = {lock_twice, lock_async},
       .all = true,
       .spinning = 1},
      {.name = "spin, overtaken while it wakes up",
       .permits = 1,
       .actors = {pass_to_and_fro, lock},
       .prepare = have_the_lock,
       .all = true,
       .spinning = 1},
      {.name = "spin, nothing free", .permits = 0, .actors = {grow_by_two, lock, lock}, .spinning = 1},
      {.name = "spin, three of whom one may", .permits = 1, .actors = {lock, lock, lock_async}, .spinning = 1},
      {.name = "spin, three of whom two may", .permits = 1, .actors = {lock, lock, lock}, .spinning = 2},
      {.name = "spin, three fair", .permits = 1, .actors = {lock, lock, lock_async}, .flags = kFair, .spinning = 1},
      {.name = "spin, timeout", .permits = 1, .actors = {lock, lock_for_a_while, lock_async}, .spinning = 1},
      {.name = "spin, close", .permits = 1, .actors = {lock_and_close, unless_closed}, .all = true, .spinning = 1},
      {.name = "spin, the holder dies", .permits = 1, .actors = {lock, lock}, .mortal = 0, .spinning = 1},
      {.name = "spin, a waiter dies", .permits = 1, .actors = {lock, lock, lock_async}, .mortal = 1, .spinning = 1},
  };
}

}  // namespace model
