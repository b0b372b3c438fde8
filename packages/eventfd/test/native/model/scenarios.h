#pragma once

#include "model/scenarios_barrier.h"
#include "model/scenarios_blocked.h"
#include "model/scenarios_deadlock.h"
#include "model/scenarios_full.h"
#include "model/scenarios_growth.h"
#include "model/scenarios_inspect.h"
#include "model/scenarios_priority.h"
#include "model/scenarios_queue.h"
#include "model/scenarios_rwlock.h"
#include "model/scenarios_sleeper.h"

namespace model {

// The scenarios of the model. Every actor ends, whatever the schedule; else the explorer says that everybody sleeps for
// ever, which is what a lost wake-up looks like.
inline std::vector<Scenario> Scenarios() {
  std::vector<Scenario> all;
  for (auto part : {QueueScenarios, RwLockScenarios, BarrierScenarios, BlockedScenarios, DeadlockScenarios,
                    FullScenarios, PriorityScenarios, GrowthScenarios, InspectScenarios, SleeperScenarios}) {
    for (Scenario& scenario : part()) all.push_back(std::move(scenario));
  }
  return all;
}

}  // namespace model
