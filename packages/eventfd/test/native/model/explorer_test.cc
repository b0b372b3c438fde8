// The explorer is itself explored: what it must find, how much it must see, and that its reductions lose nothing.
#include <sys/wait.h>

#include <random>
#include <set>
#include <string>

#include "model/sync.h"

namespace model_explorer {

using model::Explorer;
using model::ModelSync;
using model::Search;

// A program of up to three actors on a few words and locks; each run leaves a description of what came out.
class Small final : public model::Program {
 public:
  using Body = void (*)(Small&, int actor);
  Small(int actors, Body body) : actors_(actors), body_(body) {}

  int actors() const override { return actors_; }
  void Begin() override {
    for (int32_t& word : words) word = 0;
    for (int32_t& result : results) result = 0;
    signalled = false;
  }
  void Run(int actor) override { body_(*this, actor); }
  void End() override {
    std::string outcome;
    for (int32_t word : words) outcome += std::to_string(word) + ' ';
    for (int32_t result : results) outcome += std::to_string(result) + ' ';
    outcomes.insert(outcome);
  }
  const char* NameOf(const void*) const override { return "object"; }

  static constexpr int kWords = 3;
  int32_t words[kWords];
  ModelSync::Mutex locks[2];
  bool signalled = false;
  int32_t results[3];  // of the actors
  std::set<std::string> outcomes;

 private:
  const int actors_;
  const Body body_;
};

uint64_t Runs(Search search, int bound, Small* program) {
  return Explorer(search, bound).Explore(program).runs;
}

// Whether exploring it ends in a failure; in a process of its own, since a failure ends that.
bool Fails(Search search, Small* program) {
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    if (freopen("/dev/null", "w", stdout) == nullptr) _exit(9);
    Runs(search, 3, program);
    _exit(0);
  }
  int status = 0;
  CHECK_EQ(waitpid(child, &status, 0), child);
  return WIFEXITED(status) && WEXITSTATUS(status) == 1;
}

TEST("explorer: operations on different objects have one order") {
  Small program(3, [](Small& self, int actor) { ModelSync::Store(&self.words[actor], 1); });
  CHECK_EQ(Runs(Search::kReduced, 0, &program), 1);
}

TEST("explorer: readers have one order") {
  Small program(3, [](Small& self, int) { ModelSync::Load(&self.words[0]); });
  CHECK_EQ(Runs(Search::kReduced, 0, &program), 1);
}

TEST("explorer: n changes of one word by as many actors have n! orders") {
  Small two(2, [](Small& self, int) { ModelSync::FetchAdd(&self.words[0], 1); });
  CHECK_EQ(Runs(Search::kReduced, 0, &two), 2);
  Small three(3, [](Small& self, int) { ModelSync::FetchAdd(&self.words[0], 1); });
  CHECK_EQ(Runs(Search::kReduced, 0, &three), 6);
}

TEST("explorer: everything is everything") {
  // Two actors of a start and two stores each: 6 choose 3.
  Small program(2, [](Small& self, int actor) {
    ModelSync::Store(&self.words[actor], 1);
    ModelSync::Store(&self.words[actor], 2);
  });
  CHECK_EQ(Runs(Search::kEverything, 99, &program), 20);
  CHECK_EQ(Runs(Search::kReduced, 0, &program), 1);
}

TEST("explorer: a bound of no preemption leaves the orders of whole actors") {
  Small program(3, [](Small& self, int) {
    for (int i = 0; i < 4; i++) ModelSync::FetchAdd(&self.words[0], 1);
  });
  CHECK_EQ(Runs(Search::kEverything, 0, &program), 6);
  CHECK_EQ(Runs(Search::kBounded, 0, &program), 6);
}

TEST("explorer: finds the lost update, and sees both ends of it") {
  Small program(2, [](Small& self, int) {
    const int32_t value = ModelSync::Load(&self.words[0]);
    ModelSync::Store(&self.words[0], value + 1);
  });
  Runs(Search::kReduced, 0, &program);
  CHECK((program.outcomes == std::set<std::string>{"1 0 0 0 0 0 ", "2 0 0 0 0 0 "}));
}

TEST("explorer: a lock mends the lost update") {
  Small program(3, [](Small& self, int) {
    ModelSync::Lock lock(self.locks[0]);
    ModelSync::Store(&self.words[0], ModelSync::Load(&self.words[0]) + 1);
  });
  CHECK_EQ(Runs(Search::kReduced, 0, &program), 6);
  CHECK_EQ(program.outcomes.size(), 1);
}

TEST("explorer: finds the deadlock of two locks taken in two orders") {
  Small program(2, [](Small& self, int actor) {
    ModelSync::Lock first(self.locks[actor]);
    ModelSync::Lock second(self.locks[1 - actor]);
  });
  CHECK(Fails(Search::kReduced, &program));
  CHECK(Fails(Search::kBounded, &program));
  CHECK(Fails(Search::kEverything, &program));
  Small ordered(2, [](Small& self, int) {
    ModelSync::Lock first(self.locks[0]);
    ModelSync::Lock second(self.locks[1]);
  });
  CHECK(!Fails(Search::kReduced, &ordered));
}

// Random programs, of few enough operations to try everything. The reductions may leave out runs, but no outcome.
struct Random {
  static constexpr int kMostOps = 8;
  int actors, length;
  int code[3][4];

  static bool IsSection(int code) { return (code & 7) == 5 || (code & 7) == 6; }

  explicit Random(std::minstd_rand* random) {
    int ops;
    do {
      actors = 2 + static_cast<int>((*random)() >> 8 & 1);
      length = actors == 3 ? 2 : 4;
      ops = 0;
      for (int i = 0; i < actors * length; i++) {
        int& each = code[i / length][i % length];
        each = static_cast<int>((*random)() >> 8 & 63);
        ops += IsSection(each) ? 3 : 1;
      }
    } while (ops > kMostOps);
  }
};
const Random* random_program;

void RunRandom(Small& self, int actor) {
  int32_t last = 0;
  for (int i = 0; i < random_program->length; i++) {
    const int code = random_program->code[actor][i];
    int32_t* word = &self.words[(code >> 3) % Small::kWords];
    switch (code & 7) {
      case 0:
      case 1:
        last = ModelSync::Load(word);
        break;
      case 2:
        ModelSync::Store(word, last * 3 + actor + 1);
        break;
      case 3:
        last = ModelSync::FetchAdd(word, 1 + actor);
        break;
      case 4:
        ModelSync::CompareExchange(word, &last, last + 5);
        break;
      case 7:  // signals, or sleeps for a while
        if (code & 8) {
          Explorer::Before({model::Kind::kSignal, &self.signalled});
          self.signalled = true;
        } else {
          Explorer::Before({model::Kind::kTimedSleep, &self.signalled});
          last = self.signalled ? 100 : 200;
          self.signalled = false;
        }
        break;
      default: {
        ModelSync::Lock lock(self.locks[code & 1]);
        last = ModelSync::Load(word);
        ModelSync::Store(word, last + 10);
      }
    }
  }
  self.results[actor] = last;
}

TEST("explorer: a sleeper goes on after the signal, and finds that none came") {
  Small signalled(2, [](Small& self, int actor) {
    if (actor == 0) {
      Explorer::Before({model::Kind::kSleep, &self.signalled, &self.signalled, true});
      self.results[0] = ModelSync::Load(&self.words[0]);
    } else {
      ModelSync::Store(&self.words[0], 1);
      Explorer::Before({model::Kind::kSignal, &self.signalled});
      self.signalled = true;
    }
  });
  Runs(Search::kReduced, 0, &signalled);
  CHECK((signalled.outcomes == std::set<std::string>{"1 0 0 1 0 0 "}));
  Small unsignalled(1, [](Small& self, int) {
    Explorer::Before({model::Kind::kSleep, &self.signalled, &self.signalled, true});
  });
  CHECK(Fails(Search::kReduced, &unsignalled));
}

TEST("explorer: on random programs, reductions and the whole come to the same outcomes") {
  constexpr int kPrograms = 120;
  std::minstd_rand random(20261124);
  uint64_t all = 0, reduced = 0, bounded_all = 0, bounded = 0;
  for (int i = 0; i < kPrograms; i++) {
    const Random program(&random);
    random_program = &program;
    Small a(program.actors, RunRandom), b(program.actors, RunRandom);
    Small c(program.actors, RunRandom), d(program.actors, RunRandom);
    all += Runs(Search::kEverything, 99, &a);
    reduced += Runs(Search::kReduced, 0, &b);
    CHECK(a.outcomes == b.outcomes);
    bounded_all += Runs(Search::kEverything, 1, &c);
    bounded += Runs(Search::kBounded, 1, &d);
    CHECK(c.outcomes == d.outcomes);
  }
  CHECK(reduced < all && bounded < bounded_all);
  printf("explorer: %d random programs: %llu runs reduced to %llu; with one preemption %llu to %llu\n", kPrograms,
         static_cast<unsigned long long>(all), static_cast<unsigned long long>(reduced),
         static_cast<unsigned long long>(bounded_all), static_cast<unsigned long long>(bounded));
}

}  // namespace model_explorer
