// Explores the scenarios (scenarios.h) and the sequences (sequences.h), to the depth that is asked for:
//
//   quick      what `pnpm test` has time for: everything of two actors where that takes moments, else two preemptions;
//              short sequences
//   deep       everything where that takes seconds, else three preemptions; all sequences
//   all        everything, which takes many minutes
//   explorer   the explorer's own tests instead
#include <chrono>
#include <type_traits>

#include "model/locks.h"
#include "model/names.h"
#include "model/rates.h"
#include "model/scenarios.h"
#include "model/sequences.h"

namespace {

using namespace model;

enum class Depth { kQuick, kDeep, kAll };

struct Total {
  unsigned long long runs = 0;
  int scenarios = 0;
};

// `W` is the scenario's world.
template <class W, class Scenario>
void Explore(const Scenario& scenario, Depth depth, Total* total) {
  test::now = scenario.name;
  const bool all = depth == Depth::kAll || (scenario.all && (depth == Depth::kDeep || scenario.actors.size() == 2));
  const int bound = depth == Depth::kQuick ? 2 : 3;
  Explorer explorer(all ? Search::kReduced : Search::kBounded, bound);
  const auto started = std::chrono::steady_clock::now();
  unsigned long long runs = 0;
  // One that dies does so at each boundary it comes to, until there is no further one.
  int deaths = 0;
  for (bool more = true; more;) {
    W world(&scenario, scenario.mortal < 0 ? -1 : deaths);
    runs += explorer.Explore(&world).runs;
    more = world.any_died();
    deaths += more;
    // Once more with more naps, where there were any.
    if constexpr (std::is_same_v<W, World>) {
      World patient(&scenario, scenario.mortal < 0 ? -1 : deaths - more, /*looks=*/3);
      if (world.any_napped() && depth != Depth::kQuick) runs += explorer.Explore(&patient).runs;
    }
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - started;
  char how[32];
  snprintf(how, sizeof how, all ? "all" : "bound %d", bound);
  printf("%-40s %9llu interleavings, %s", scenario.name, runs, how);
  if (scenario.mortal >= 0) printf(", %d points of death", deaths);
  printf(" (%.1f s)\n", seconds.count());
  fflush(stdout);
  total->runs += runs;
  total->scenarios++;
}

unsigned long long TryAll(const char* part, Depth depth) {
  unsigned long long all = 0;
  for (const sequences::Setup& setup : sequences::Setups()) {
    if (strstr(setup.name, part) == nullptr) continue;
    test::now = setup.name;
    const auto started = std::chrono::steady_clock::now();
    const sequences::Tried tried = sequences::Try(setup, depth == Depth::kQuick ? setup.quick : sequences::kMostSteps);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - started;
    printf("%-50s %9llu sequences of up to %d operations%s, %llu states (%.1f s)\n", setup.name, tried.sequences,
           tried.longest, tried.all ? ", and so all there are" : "", tried.states, seconds.count());
    fflush(stdout);
    all += tried.sequences;
  }
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  test::Deadline(900);
  // What a mutant makes of the lists.
  signal(SIGSEGV, [](int) { test::Fail(__FILE__, __LINE__, "it crashes"); });
  const char* what = argc > 1 ? argv[1] : "quick";
  const char* part = argc > 2 ? argv[2] : "";
  if (strcmp(what, "explorer") == 0) return test::RunCases(part);
  Depth depth;
  if (strcmp(what, "quick") == 0) {
    depth = Depth::kQuick;
  } else if (strcmp(what, "deep") == 0) {
    depth = Depth::kDeep;
  } else if (strcmp(what, "all") == 0) {
    depth = Depth::kAll;
  } else {
    printf("model explorer|quick|deep|all [part of a name [scenarios|sequences]]\n");
    return 2;
  }
  // The third argument: one of the two alone.
  const char* only = argc > 3 ? argv[3] : "";
  Total total;
  for (const Scenario& scenario : Scenarios()) {
    if (strcmp(only, "sequences") != 0 && strstr(scenario.name, part) != nullptr)
      Explore<World>(scenario, depth, &total);
  }
  for (const NameScenario& scenario : NameScenarios()) {
    if (strcmp(only, "sequences") != 0 && strstr(scenario.name, part) != nullptr)
      Explore<NamesWorld>(scenario, depth, &total);
  }
  for (const LockScenario& scenario : LockScenarios()) {
    if (strcmp(only, "sequences") != 0 && strstr(scenario.name, part) != nullptr)
      Explore<LocksWorld>(scenario, depth, &total);
  }
  for (const RateScenario& scenario : RateScenarios()) {
    if (strcmp(only, "sequences") != 0 && strstr(scenario.name, part) != nullptr)
      Explore<RateWorld>(scenario, depth, &total);
  }
  const unsigned long long tried = strcmp(only, "scenarios") == 0 ? 0 : TryAll(part, depth);
  if (total.scenarios == 0 && tried == 0) test::Fail(__FILE__, __LINE__, "no scenario has such a name");
  printf("model: %d scenarios, %llu interleavings, %llu sequences, nothing lost\n", total.scenarios, total.runs, tried);
  return 0;
}
