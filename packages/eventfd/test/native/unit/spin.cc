#include "core/spin.h"

#include "core/sync.h"
#include "lib/check.h"

namespace unit_spin {

using Spinner = efd::Spinner<efd::RealSync>;

int Looks(Spinner* spinner, bool pays) {
  int looks = 0;
  spinner->Until([&] {
    looks++;
    return pays;
  });
  return looks;
}

// How many looks go with so many pauses at most.
int LooksWithin(int limit) {
  int looks = 0;
  for (int pauses = 0, next = 1; pauses < limit; looks++) {
    pauses += next;
    if (next < Spinner::kMostBetweenLooks) next *= 2;
  }
  return looks;
}

TEST("spin: off, it does not look at all") {
  Spinner::SetMostSpinning(0);
  Spinner spinner;
  CHECK_EQ(Looks(&spinner, true), 0);
}

TEST("spin: ends when it pays") {
  Spinner::SetMostSpinning(1);
  Spinner spinner;
  CHECK_EQ(Looks(&spinner, true), 1);
  Spinner::SetMostSpinning(0);
}

TEST("spin: shortens while it does not pay, and probes the whole way now and then") {
  Spinner::SetMostSpinning(1);
  Spinner spinner;
  int most = 0, least = Spinner::kMost, last = Spinner::kMost;
  for (int i = 0; i < Spinner::kProbeEvery - 1; i++) {
    const int looks = Looks(&spinner, false);
    CHECK(looks <= last);
    last = looks;
    if (looks < least) least = looks;
  }
  for (int i = 0; i < Spinner::kProbeEvery; i++) {
    const int looks = Looks(&spinner, false);
    if (looks > most) most = looks;
  }
  CHECK_EQ(least, LooksWithin(Spinner::kLeast));
  CHECK_EQ(most, LooksWithin(Spinner::kMost));
  Spinner::SetMostSpinning(0);
}

TEST("spin: no more threads at a time than allowed") {
  Spinner::SetMostSpinning(1);
  Spinner outer, inner;
  int looks = -1;
  outer.Until([&] {
    looks = Looks(&inner, true);
    return true;
  });
  CHECK_EQ(looks, 0);
  CHECK_EQ(Looks(&inner, true), 1);
  Spinner::SetMostSpinning(0);
}

}  // namespace unit_spin
