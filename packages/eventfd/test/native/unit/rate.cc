// A rate, on a clock that the test moves: one token each 10 ms, and 3 of them after a pause.
#include "core/rate.h"

#include "core/participant.h"
#include "lib/check.h"

namespace unit_rate {

using efd::kNotNow;
using efd::kTaken;
using efd::Outcome;
using efd::Role;

struct TimedSync : efd::RealSync {
  static inline int64_t now = 0;
  static int64_t Nanoseconds() { return now; }
};

using Rate = efd::Rate<TimedSync>;
using Waiter = efd::Waiter<TimedSync>;
constexpr int64_t kMs = 1'000'000;

efd::Room<TimedSync>& TheRoom() {
  static auto* room = new efd::Room<TimedSync>;
  return *room;
}

struct Place {
  explicit Place(int32_t burst = 3, int32_t max_waiting = -1)
      : arena(memory, sizeof memory, 1, 1),
        offset(arena.AllocateCell(efd::kRateLimit, 0, 0, burst, "rate", max_waiting)),
        cell(arena.At(offset)) {
    TimedSync::now = 1'000'000 * kMs;
    Rate::Make(cell, 100, 1000);
  }
  int32_t available() const { return Rate::Available(cell, Rate::Now()); }

  alignas(64) uint8_t memory[64 * 64] = {};
  efd::Arena arena;
  const uint32_t offset;
  int32_t* const cell;
};

void Pass(int64_t ms) {
  TimedSync::now += ms * kMs;
}

struct CountingWaker final : efd::Waker {
  void Signal() override { signals++; }
  int signals = 0;
};

class Party {
 public:
  explicit Party(Place& place) : place_(place), participant(&TheRoom(), &waker) {
    bool is_new;
    const uint32_t index = participant.Join(&place.arena, &is_new);
    uint32_t id = 0;
    participant.Attach(index, place.offset, efd::kRateLimit, 1, &id);
    at = participant.At(id);
  }
  ~Party() {
    if (!dead) participant.Die();
  }

  efd::TryResult Try(int32_t permits = 1) { return efd::TryDraw<TimedSync>(place_.cell, permits); }
  Outcome Arrive(int32_t want = 1, int64_t within_ms = -1, bool sync = false) {
    last = participant.NewWait(at, want, Role::kDrawer, sync);
    if (within_ms >= 0) last->deadline = Rate::Now() + within_ms * kMs * Rate::kUnits;
    const Outcome outcome = TheRoom().ArriveAtRate(last);
    if (outcome != Outcome::kWaiting) participant.EndWait(last);
    return outcome;
  }
  // In how many ms its thread looks by itself.
  int64_t Alarm() const { return (last->alarm - Rate::Now()) / Rate::kUnits / kMs; }
  // Looks, as when its alarm goes off or it was woken.
  Outcome Look() {
    waker.signals = 0;
    participant.thread()->Heard();
    const Outcome outcome = TheRoom().Resume(last);
    if (outcome != Outcome::kWaiting) participant.EndWait(last);
    return outcome;
  }
  void Leave() {
    TheRoom().Leave(last);
    participant.EndWait(last);
  }
  Outcome Expire() {
    const Outcome outcome = TheRoom().Expire(last);
    participant.EndWait(last);
    return outcome;
  }
  void Die() {
    participant.Die();
    dead = true;
  }

  Place& place_;
  CountingWaker waker;
  efd::Participant<TimedSync> participant;
  efd::Participant<TimedSync>::Attachment* at = nullptr;
  Waiter* last = nullptr;
  bool dead = false;
};

TEST("rate: a burst, then one each interval, and no more than the burst after a pause") {
  Place place;
  Party a(place);
  for (int i = 0; i < 3; i++) CHECK(a.Try() == kTaken);
  CHECK(a.Try() == kNotNow);
  Pass(9);
  CHECK(a.Try() == kNotNow);
  Pass(1);
  CHECK(a.Try() == kTaken);
  CHECK(a.Try() == kNotNow);
  Pass(100'000);
  CHECK_EQ(place.available(), 3);
  CHECK(a.Try(2) == kTaken);
  CHECK(a.Try(2) == kNotNow);
  CHECK(a.Try() == kTaken);
}

TEST("rate: waiters know when they are served, by what stands before them, and nobody overtakes them") {
  Place place;
  Party a(place), b(place), c(place);
  CHECK(a.Try(3) == kTaken);
  CHECK(a.Arrive(2) == Outcome::kWaiting);
  CHECK(b.Arrive() == Outcome::kWaiting);
  CHECK_EQ(a.Alarm(), 20);
  CHECK_EQ(b.Alarm(), 30);
  Pass(10);
  CHECK(c.Try() == kNotNow);  // one is there, and is not for who comes now
  Pass(10);
  CHECK(a.Look() == Outcome::kGranted);
  CHECK_EQ(b.waker.signals, 0);  // it comes by itself
  Pass(10);
  CHECK(b.Look() == Outcome::kGranted);
  CHECK_EQ(place.cell[efd::kState], 0);
  Pass(10);
  CHECK(c.Try() == kTaken);
}

TEST("rate: who comes late serves those whose threads are later, in order, and makes up for it") {
  Place place;
  Party a(place), b(place), c(place);
  CHECK(a.Try(3) == kTaken);
  a.Arrive();
  b.Arrive();
  c.Arrive();
  Pass(32);
  CHECK(c.Look() == Outcome::kGranted);
  CHECK(a.waker.signals == 1 && b.waker.signals == 1);
  CHECK(a.Look() == Outcome::kGranted && b.Look() == Outcome::kGranted);
  CHECK(c.Try() == kNotNow);
  Pass(8);
  CHECK(c.Try() == kTaken);  // as if all had been served in time
}

TEST("rate: a thread that hangs lets through no more than 20 ms make up for") {
  Place place(1);
  Party a(place), b(place), c(place), d(place), e(place);
  CHECK(a.Try() == kTaken);
  for (Party* each : {&a, &b, &c, &d, &e}) each->Arrive();
  Pass(10'000);
  CHECK(a.Look() == Outcome::kGranted);
  CHECK_EQ(b.waker.signals + c.waker.signals, 2);
  CHECK_EQ(place.cell[efd::kWaiting], 2);
}

TEST("rate: who gives up has spent nothing, and those behind it are served so much earlier") {
  Place place;
  Party a(place), b(place), c(place);
  CHECK(a.Try(3) == kTaken);
  a.Arrive(3);
  b.Arrive();
  CHECK_EQ(b.Alarm(), 40);
  a.Leave();
  CHECK_EQ(b.waker.signals, 1);  // to set its alarm anew
  CHECK(b.Look() == Outcome::kWaiting);
  CHECK_EQ(b.Alarm(), 10);
  Pass(10);
  TheRoom().Serve(place.cell);
  b.Leave();  // granted, and not seen
  CHECK(c.Try() == kTaken);
  CHECK(c.Try() == kNotNow);
}

TEST("rate: a death gives back the place, and what was granted and not seen") {
  Place place;
  Party a(place), b(place), next(place);
  CHECK(a.Try(3) == kTaken);
  a.Arrive();
  b.Arrive();
  Pass(10);
  TheRoom().Serve(place.cell);
  a.Die();
  CHECK_EQ(b.waker.signals, 1);
  CHECK(b.Look() == Outcome::kGranted);
  CHECK(next.Try() == kNotNow);
}

TEST("rate: a wait that could not end in time is refused at once; one that can is let in") {
  Place place;
  Party a(place), b(place);
  CHECK(a.Try(3) == kTaken);
  CHECK(a.Arrive(2, 19) == Outcome::kTooLate);
  CHECK_EQ(place.cell[efd::kState], 0);
  CHECK(a.Arrive(2, 20) == Outcome::kWaiting);
  CHECK(b.Arrive(1, 29) == Outcome::kTooLate);
  CHECK_EQ(TheRoom().RetryAfter(place.cell, 1) / kMs, 30);
  CHECK(b.Arrive(1, 30) == Outcome::kWaiting);
  Pass(20);
  CHECK(a.Expire() == Outcome::kGranted);  // at the last moment
  CHECK(b.Expire() == Outcome::kWaiting);
}

TEST("rate: promises of a blocked thread are passed over, and keep their places") {
  Place place;
  Party a(place), b(place);
  CHECK(a.Try(3) == kTaken);
  a.Arrive();
  b.Arrive();
  a.participant.thread()->BeginSyncWait();
  TheRoom().BeginBlocking(a.participant.thread());
  CHECK_EQ(b.waker.signals, 1);
  CHECK(b.Look() == Outcome::kWaiting);
  CHECK_EQ(b.Alarm(), 10);
  TheRoom().EndBlocking(a.participant.thread());
  a.participant.thread()->EndSyncWait();
  Pass(10);
  CHECK(b.Look() == Outcome::kWaiting);
  CHECK(a.Look() == Outcome::kGranted);
  CHECK(b.Alarm() > 0);  // it looks again by itself
}

TEST("rate: what was had and is given back, who waits has the sooner, or who comes next") {
  Place place;
  Party a(place), b(place);
  CHECK(a.Try(3) == kTaken);
  CHECK(b.Arrive(2) == Outcome::kWaiting);
  TheRoom().GiveBackTokens(place.cell, 1);
  CHECK_EQ(b.waker.signals, 1);
  CHECK(b.Look() == Outcome::kWaiting);
  CHECK_EQ(b.Alarm(), 10);
  TheRoom().GiveBackTokens(place.cell, 1);
  CHECK(b.Look() == Outcome::kGranted);
  CHECK_EQ(place.available(), 0);
  TheRoom().GiveBackTokens(place.cell, 2);
  CHECK_EQ(place.available(), 2);
  Pass(1000);
  TheRoom().GiveBackTokens(place.cell, 1);
  CHECK_EQ(place.available(), 3);
  CHECK(a.Try(3) == kTaken);
  CHECK(a.Try() == kNotNow);
}

TEST("rate: a bounded queue refuses who is one too many; a closed one everybody") {
  Place place(3, 1);
  Party a(place), b(place);
  CHECK(a.Try(3) == kTaken);
  CHECK(a.Arrive() == Outcome::kWaiting);
  CHECK(b.Arrive() == Outcome::kFull);
  CHECK(TheRoom().Close(place.cell));
  CHECK(b.Try() == efd::kIsClosed);
  CHECK(a.Look() == Outcome::kClosed);
  CHECK(b.Arrive() == Outcome::kClosed);
}

// All sequences of operations of three who want 1, 2 and 1, up to a length: tokens are conserved, since nobody gets
// more than a bucket that fills evenly has; who came first is served first; nobody waits for what is there.
struct Trial {
  static constexpr int kSlots = 3;
  static constexpr int32_t kWants[kSlots] = {1, 2, 1};
  Place place;
  Party parties[kSlots] = {Party(place), Party(place), Party(place)};
  std::vector<int> queue, granted;
  int64_t began = TimedSync::now;
  int32_t spent = 0;

  // Whoever served first served those before it.
  void Flush() {
    while (!queue.empty() && parties[queue.front()].last->outcome == Outcome::kGranted) {
      granted.push_back(queue.front());
      spent += kWants[queue.front()];
      queue.erase(queue.begin());
    }
  }

  void Settle() {
    Flush();
    for (const int slot : queue) {
      CHECK_SAYS(parties[slot].last->outcome == Outcome::kWaiting, "granted before one that came earlier");
    }
    CHECK_SAYS(spent <= 3 + (TimedSync::now - began) / (10 * kMs), "more are spent than there were");
    CHECK_SAYS(place.cell[efd::kWaiting] == static_cast<int32_t>(queue.size()), "the count of waiters is wrong");
    if (queue.empty()) return;
    // Its thread comes by itself, or is told to.
    const Party& first = parties[queue.front()];
    const int64_t due = Rate::Due(place.cell, kWants[queue.front()]);
    CHECK_SAYS(first.last->look_at <= due || first.waker.signals > 0 || due <= Rate::Now(), "who is first oversleeps");
  }

  bool Do(int operation) {
    const int slot = operation % kSlots;
    Party& party = parties[slot];
    const auto in = [&](std::vector<int>& list) { return std::find(list.begin(), list.end(), slot); };
    const bool waits = in(queue) != queue.end(), has = in(granted) != granted.end();
    switch (operation / kSlots) {
      case 0: {
        if (waits || has) return false;
        const Outcome outcome = party.Arrive(kWants[slot]);
        Flush();
        if (outcome == Outcome::kGranted) {
          CHECK_SAYS(queue.empty(), "overtakes who waits");
          spent += kWants[slot];
        } else {
          queue.push_back(slot);
        }
        break;
      }
      case 1:
        if (!waits && !has) return false;
        if (party.Look() != Outcome::kWaiting && waits) {
          for (const int first : std::vector<int>(queue.begin(), in(queue))) {
            CHECK_SAYS(parties[first].last->outcome == Outcome::kGranted, "served before one that came earlier");
            granted.push_back(first);
            spent += kWants[first];
          }
          spent += kWants[slot];
          queue.erase(queue.begin(), in(queue) + 1);
        } else if (has) {
          granted.erase(in(granted));
        }
        break;
      case 2:
        if (!waits && !has) return false;
        if (has) spent -= kWants[slot];
        waits ? queue.erase(in(queue)) : granted.erase(in(granted));
        party.Leave();
        break;
      default:
        if (slot > 0) return false;
        Pass(10);
    }
    Settle();
    return true;
  }
};

TEST("rate: every sequence of seven operations") {
  long tried = 0;
  std::vector<int> sequence;
  const auto go = [&](auto& self) -> void {
    if (!sequence.empty()) {
      Trial trial;
      for (std::size_t i = 0; i < sequence.size(); i++) {
        if (!trial.Do(sequence[i])) return;
      }
      tried++;
    }
    if (sequence.size() == 7) return;
    for (int operation = 0; operation < 4 * Trial::kSlots; operation++) {
      sequence.push_back(operation);
      self(self);
      sequence.pop_back();
    }
  };
  go(go);
  CHECK(tried > 10'000);
}

}  // namespace unit_rate
