#include "core/spin.h"

#include "core/sync.h"
#include "lib/check.h"

namespace unit_spin {

// A machine whose pause and whose look at the clock take as long as the test says.
struct Machine : efd::RealSync {
  static void Relax() {
    pauses++;
    now += pause;
  }
  static int64_t Nanoseconds() { return now; }

  static inline int64_t now = 0;
  static inline int64_t pause = 40;
  static inline int pauses = 0;
};
using Spinner = efd::Spinner<Machine>;

alignas(64) int32_t cell[16] = {};
alignas(64) int32_t other[16] = {};

// So many may spin, for as long as this lives.
struct Allow {
  explicit Allow(int threads) { Spinner::SetMostSpinning(threads); }
  ~Allow() { Spinner::SetMostSpinning(0); }
};

int Looks(Spinner* spinner, bool pays) {
  int looks = 0;
  spinner->Until(cell, [&] {
    looks++;
    return pays;
  });
  return looks;
}

int64_t Lasts(Spinner* spinner) {
  const int64_t before = Machine::now;
  Looks(spinner, false);
  return Machine::now - before;
}

TEST("spin: off, it does not look at all") {
  const Allow allow(0);
  Spinner spinner;
  CHECK_EQ(Looks(&spinner, true), 0);
}

TEST("spin: ends when it pays") {
  const Allow allow(1);
  Spinner spinner;
  CHECK_EQ(Looks(&spinner, true), 1);
}

TEST("spin: looks after 1, 2, 4, 8, 8, ... pauses") {
  const Allow allow(1);
  Spinner spinner;
  Machine::pauses = 0;
  int looks = 0;
  constexpr int kAt[] = {1, 3, 7, 15, 23, 31};
  spinner.Until(cell, [&] {
    CHECK_EQ(Machine::pauses, kAt[looks]);
    return ++looks == 6;
  });
}

TEST("spin: leaves a core to each thread that may hold what it waits for") {
  const Allow allow(3);  // of 4 cores
  Spinner spinner;
  const auto spins = [&](int32_t holders) {
    bool spun = false;
    spinner.Until(
        cell, [&] { return spun = true; }, holders);
    return spun;
  };
  CHECK(spins(1));
  CHECK(spins(3));
  CHECK(!spins(4));
  CHECK(!spins(INT32_MAX));
  CHECK(spins(0));
  CHECK(spins(INT32_MIN));
  spinner.Until(
      cell, [&] { return !spins(3) && spins(2); }, 3);
}

TEST("spin: shortens while it does not pay, and probes the whole way now and then") {
  const Allow allow(1);
  Spinner spinner;
  constexpr int64_t kBetween = Spinner::kMostBetweenLooks * 40;
  int64_t last = Spinner::kMost + kBetween;
  for (int i = 0; i < Spinner::kProbeEvery - 1; i++) {
    const int64_t lasts = Lasts(&spinner);
    CHECK(lasts <= last);
    last = lasts;
  }
  CHECK(last >= Spinner::kLeast && last < Spinner::kLeast + kBetween);
  int64_t most = 0;
  for (int i = 0; i < Spinner::kProbeEvery; i++) most = std::max(most, Lasts(&spinner));
  CHECK(most >= Spinner::kMost && most < Spinner::kMost + kBetween);
}

TEST("spin: lasts as long whatever a pause takes") {
  const Allow allow(1);
  for (const int64_t pause : {1, 10, 100, 1000}) {
    Machine::pause = pause;
    Spinner spinner;
    const int64_t lasts = Lasts(&spinner);
    CHECK(lasts >= Spinner::kMost && lasts <= Spinner::kMost + Spinner::kMostBetweenLooks * pause);
  }
  Machine::pause = 40;
}

TEST("spin: no more threads at a time than allowed") {
  const Allow allow(1);
  Spinner outer, inner;
  int looks = -1;
  outer.Until(other, [&] {
    looks = Looks(&inner, true);
    return true;
  });
  CHECK_EQ(looks, 0);
  CHECK_EQ(Looks(&inner, true), 1);
}

TEST("spin: few at one cell, however many may spin") {
  const Allow allow(63);
  Spinner spinners[4];
  int inside = 0, most = 0;
  const auto spin = [&](const auto& self, int i) -> void {
    if (i == 4) return;
    bool spun = false;
    spinners[i].Until(cell, [&] {
      spun = true;
      most = std::max(most, ++inside);
      self(self, i + 1);
      inside--;
      return true;
    });
    if (!spun) self(self, i + 1);
  };
  spin(spin, 0);
  CHECK_EQ(most, Spinner::kMostAtCell);
  // Elsewhere there is room.
  int looks = 0;
  spinners[0].Until(cell, [&] {
    spinners[1].Until(cell, [&] {
      spinners[2].Until(other, [&] {
        looks++;
        return true;
      });
      return true;
    });
    return true;
  });
  CHECK_EQ(looks, 1);
}

}  // namespace unit_spin
