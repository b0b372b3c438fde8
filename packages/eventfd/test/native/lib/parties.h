#pragma once

#include <memory>

#include "check.h"
#include "core/participant.h"

// What the unit tests of the waiting room share: some memory with a cell in it, and threads that exist in name only,
// so that a test decides itself in which order they act.
namespace test {

using efd::Arena;
using efd::FreePermits;
using efd::Outcome;
using efd::RealSync;
using Waiter = efd::Waiter<RealSync>;

// The process has one and never destroys it.
inline efd::Room<RealSync>& TheRoom() {
  static auto* room = new efd::Room<RealSync>;
  return *room;
}

constexpr uint64_t kAddon = 1234;

struct Memory {
  static constexpr uint32_t kLines = 64;
  alignas(64) uint8_t bytes[kLines * Arena::kLine] = {};
};

class CountingWaker final : public efd::Waker {
 public:
  void Signal() override {
    CHECK_SAYS(!retired, "a retired waker is signalled");
    signals++;
  }
  int signals = 0;
  bool retired = false;
};

// A cell, in an arena of its own.
struct Place {
  explicit Place(int32_t permits, int32_t flags = 0, int32_t max = efd::kMaxPermits, int32_t kind = efd::kSemaphore,
                 int32_t max_waiting = -1, int32_t aging = efd::kDefaultAging)
      : kind(kind),
        arena(memory->bytes, sizeof memory->bytes, kAddon, 1),
        offset(arena.AllocateCell(kind, flags, permits, max, "place", max_waiting, aging)),
        cell(arena.At(offset)) {}

  int32_t free() const { return FreePermits(cell[efd::kState]); }
  int32_t bits() const { return cell[efd::kState] & 3; }
  int32_t waiting() const { return cell[efd::kWaiting]; }

  const int32_t kind;
  std::unique_ptr<Memory> memory = std::make_unique<Memory>();
  Arena arena;
  const uint32_t offset;
  int32_t* const cell;
};

// A thread attached to a place.
class Party {
 public:
  explicit Party(Place& place) : participant(&TheRoom(), &waker) {
    bool is_new;
    const uint32_t index = participant.Join(&place.arena, &is_new);
    CHECK(participant.Attach(index, place.offset, place.kind, 1, &id) == efd::Participant<RealSync>::Attached::kOk);
    at = participant.At(id);
  }
  ~Party() { Die(); }
  Party(const Party&) = delete;
  Party& operator=(const Party&) = delete;

  int32_t held() const { return *at->slot(); }

  efd::TryResult TryTake(int32_t permits = 1) { return efd::TryTake<RealSync>(at->cell(), at->slot(), permits); }

  // The fast path, and what it asks for.
  void Release(int32_t permits = 1) {
    if (ReleaseOnly(permits) == efd::kServeWaiters) TheRoom().Serve(at->cell());
  }
  efd::ReleaseResult ReleaseOnly(int32_t permits = 1) {
    return efd::Release<RealSync>(at->cell(), at->slot(), permits);
  }

  // A wait that is queued.
  Waiter* Queue(int32_t want = 1, efd::Role role = efd::Role::kTaker, bool sync = false) {
    Waiter* waiter = participant.NewWait(at, want, role, sync);
    CHECK(TheRoom().Arrive(waiter) == Outcome::kWaiting);
    return waiter;
  }

  // A wait that ends at once.
  Outcome Arrive(int32_t want = 1) {
    Waiter* waiter = participant.NewWait(at, want, efd::Role::kTaker, false);
    const Outcome outcome = TheRoom().Arrive(waiter);
    CHECK(outcome != Outcome::kWaiting);
    participant.EndWait(waiter);
    return outcome;
  }

  // Hears the waker, and looks at every waiter that is ready. Returns how many have ended.
  int Turn() {
    waker.signals = 0;
    participant.thread()->Heard();
    int ended = 0;
    while (Waiter* waiter = participant.thread()->NextReady()) {
      last = TheRoom().Resume(waiter);
      if (last == Outcome::kWaiting) continue;
      participant.EndWait(waiter);
      ended++;
    }
    return ended;
  }

  bool Leave(Waiter* waiter) {
    const bool granted = TheRoom().Leave(waiter);
    participant.EndWait(waiter);
    return granted;
  }

  Outcome Expire(Waiter* waiter) {
    const Outcome outcome = TheRoom().Expire(waiter);
    participant.EndWait(waiter);
    return outcome;
  }

  void Die() {
    if (waker.retired) return;
    participant.Die();
    waker.retired = true;
  }

  CountingWaker waker;
  efd::Participant<RealSync> participant;
  uint32_t id = 0;
  efd::Participant<RealSync>::Attachment* at = nullptr;
  Outcome last = Outcome::kWaiting;  // of the last waiter that Turn looked at
};

}  // namespace test
