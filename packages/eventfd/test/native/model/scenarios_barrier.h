#pragma once

#include "model/world.h"

namespace model {

// Parties that arrive, give up, die; and a barrier that is broken, or made whole again, meanwhile.
inline std::vector<Scenario> BarrierScenarios() {
  using efd::kBarrier;
  using efd::Role;
  constexpr auto meet = [](Self& self) { CHECK(self.Wait(0, Role::kParty) == Got::kPermits); };
  constexpr auto meet_or_break = [](Self& self) { self.Wait(0, Role::kParty); };
  constexpr auto meet_for_a_while = [](Self& self) { self.Wait(0, Role::kParty, /*timed=*/true); };
  constexpr auto have_met = [](Self& self) { self.at(0)->party = true; };

  constexpr auto break_it = [](Self& self) { self.SetBroken(true); };
  constexpr auto reset = [](Self& self) { self.SetBroken(false); };
  // A reset ends the waits there are; then all meet.
  constexpr auto meet_through_reset = [](Self& self) {
    if (self.Wait(0, Role::kParty) == Got::kPermits) return;
    CHECK(self.Wait(0, Role::kParty) == Got::kPermits);
  };
  // It has met the others before, so its end breaks the barrier; but not the one that it made whole itself.
  constexpr auto reset_and_go = [](Self& self) {
    self.SetBroken(false);
    self.guarded() = true;
    self.host().Boundary();
  };
  constexpr auto meet_once_whole = [](Self& self) {
    if (self.Wait(0, Role::kParty) == Got::kPermits) return;
    const bool whole = self.guarded();
    const Got got = self.Wait(0, Role::kParty);
    CHECK_SAYS(!whole || got == Got::kPermits, "a barrier that was made whole is broken by who had left it");
  };
  constexpr auto first_has_met = [](Self& self) { self.at(0)->party = self.host().actor() == 0; };

  return {
      {.name = "barrier of 2", .permits = 0, .actors = {meet, meet}, .kind = kBarrier, .max = 2, .all = true},
      {.name = "barrier of 3", .permits = 0, .actors = {meet, meet, meet}, .kind = kBarrier, .max = 3, .all = true},
      {.name = "barrier of 3, one gives up",
       .permits = 0,
       .actors = {meet_or_break, meet_for_a_while, meet_or_break},
       .kind = kBarrier,
       .max = 3,
       .all = true},
      {.name = "barrier of 2, one dies",
       .permits = 0,
       .actors = {meet_or_break, meet_or_break},
       .kind = kBarrier,
       .max = 2,
       .mortal = 1,
       .prepare = have_met,
       .all = true},
      {.name = "barrier of 2, broken by a third",
       .permits = 0,
       .actors = {break_it, meet_or_break, meet_or_break},
       .kind = kBarrier,
       .max = 2,
       .all = true},
      {.name = "barrier of 2, reset by a third",
       .permits = 0,
       .actors = {reset, meet_through_reset, meet_through_reset},
       .kind = kBarrier,
       .max = 2,
       .all = true},
      {.name = "barrier of 2, reset, both give up",
       .permits = 0,
       .actors = {reset, meet_for_a_while, meet_for_a_while},
       .kind = kBarrier,
       .max = 2},
      {.name = "barrier of 2, who reset it dies",
       .permits = 0,
       .actors = {reset_and_go, meet_once_whole, meet_once_whole},
       .kind = kBarrier,
       .max = 2,
       .mortal = 0,
       .prepare = first_has_met},
  };
}

}  // namespace model
