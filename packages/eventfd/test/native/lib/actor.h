#pragma once

#include <utility>
#include <vector>

#include "core/roster.h"
#include "core/spin.h"
#include "lib/check.h"

namespace test {

// Thrown where a thread is terminated: between two calls from JavaScript, since V8 interrupts neither C++ nor the
// straight-line WebAssembly of the fast path.
struct Died {};

enum class Got { kPermits, kTimeout, kClosed, kFull, kDeadlock };

inline Got GotOf(efd::Outcome outcome) {
  return outcome == efd::Outcome::kGranted  ? Got::kPermits
         : outcome == efd::Outcome::kClosed ? Got::kClosed
         : outcome == efd::Outcome::kFull   ? Got::kFull
                                            : Got::kTimeout;
}

// One thread's use of the waiting room, as native/loop/room_env.h and src/room.ts use it between them, without Node.
// What differs between the tests is the host:
//
//   Signal()         how the thread is woken (it is the Waker)
//   Sleep(timed)     sleeps in a sync wait until signalled, or also until its time is up; drains. True when signalled
//   Nap()            the same, for a moment at most
//   Turn(timed)      as Sleep, of its loop
//   EndsSlice(timed) whether a slice of the wait was over with the nap
//   Boundary()       JavaScript runs here; may throw Died
//   Now()            the time, for the age of a wait
//   the rest         what an oracle may want to know
//
// Written for S, as the core is: it runs on the machine and under the model's scheduler.
template <class S, class Host>
class Actor {
 public:
  using Attachment = typename efd::Participant<S>::Attachment;
  using Waiter = efd::Waiter<S>;
  using Outcome = efd::Outcome;
  using Spinner = efd::Spinner<S, Host::kSpins>;

  Actor(efd::Room<S>* room, Host* host) : host(host), room_(room), participant(room, host) {}

  Attachment* Attach(efd::Arena* arena, uint32_t offset, int32_t kind, uint32_t generation = 1) {
    bool is_new;
    uint32_t id;
    const uint32_t index = participant.Join(arena, &is_new);
    if (participant.Attach(index, offset, kind, generation, &id) != efd::Participant<S>::Attached::kOk) return nullptr;
    return participant.At(id);
  }

  // The fast path

  bool TryAcquire(Attachment* at, int32_t permits) {
    host->Boundary();
    host->BeginsTaking(at->cell());
    const bool taken = efd::TryTake<S>(at->cell(), at->slot(), permits) >= efd::kTaken;
    host->EndsTaking();
    return taken;
  }

  void Release(Attachment* at, int32_t permits) {
    host->Boundary();
    const auto result = efd::Release<S>(at->cell(), at->slot(), permits);
    CHECK(result != efd::kNotHeld);
    if (result == efd::kServeWaiters) Serve(at);
  }

  // Adds what nobody held: a post, a count-down.
  void Post(Attachment* at, int32_t permits) {
    host->Boundary();
    if (efd::Post<S>(at->cell(), permits, /*saturate=*/true) == efd::kPostServe) Serve(at);
  }

  // Sync waits

  // Of its waits from now on.
  int priority = 0;

  Got AcquireSync(Attachment* at, int32_t want, bool timed = false) {
    if (TryAcquire(at, want)) return Got::kPermits;
    return WaitSync(at, want, efd::Role::kTaker, timed);
  }

  Got WaitSync(Attachment* at, int32_t want, efd::Role role, bool timed) {
    host->Boundary();
    Outcome outcome;
    Waiter* waiter = BeginSync(at, want, role, &outcome);
    while (waiter != nullptr) {
      if (Slice(waiter, timed, &outcome)) break;
      host->Boundary();  // JavaScript looks at the clock
      if (!timed) continue;
      return Expire(waiter);
    }
    return GotOf(outcome);
  }

  // Blocks for a mutex without a timeout, as src/room.ts does: each time that a slice has ended it looks whether it has
  // closed a cycle of threads, and gives up when it has.
  Got LockSync(Attachment* at, efd::Roster<S>* roster) {
    if (TryAcquire(at, 1)) return Got::kPermits;
    host->Boundary();
    Outcome outcome;
    Waiter* waiter = BeginSync(at, 1, efd::Role::kTaker, &outcome);
    if (waiter != nullptr) {
      blocked_ = true;
      const uint64_t order = roster->NextOrder();
      participant.SetBlockedOn({at->arena, at->offset, at->cell(), at->generation, order, waiter});
      host->Blocked(waiter, order);
    }
    while (waiter != nullptr) {
      host->Boundary();
      const auto cycle = roster->FindDeadlock(&participant);
      if (!cycle.empty()) {
        host->Deadlocked(cycle);
        Leave(waiter);
        return Got::kDeadlock;
      }
      if (Slice(waiter, /*timed=*/false, &outcome)) break;
    }
    return GotOf(outcome);
  }

  // Async waits

  // Null when the wait ended at once.
  Waiter* Park(Attachment* at, int32_t want, efd::Role role, Got* got) {
    host->Boundary();
    Outcome outcome;
    Waiter* waiter = Begin(at, want, role, /*sync=*/false, &outcome);
    *got = GotOf(outcome);
    return waiter;
  }

  Got Acquire(Attachment* at, int32_t want, bool timed = false) {
    if (TryAcquire(at, want)) return Got::kPermits;
    Got got;
    Waiter* waiter = Park(at, want, efd::Role::kTaker, &got);
    return waiter == nullptr ? got : Await(waiter, timed);
  }

  // Runs the loop until the wait has ended, or leaves it when its time is up.
  Got Await(Waiter* waiter, bool timed) {
    const uint32_t index = waiter->index;
    while (!Settled(index)) {
      if (host->Turn(timed)) {
        OnSignal();
        host->Boundary();
      } else {
        host->Boundary();
        if (timed) return Expire(waiter);
      }
    }
    return GotOf(Take(index));
  }

  void Abort(Waiter* waiter) {
    host->Boundary();
    Leave(waiter);
  }

  // The loop was woken. What is decided is kept until it is taken.
  void OnSignal() {
    auto* thread = participant.thread();
    thread->Heard();
    while (Waiter* waiter = thread->NextReady()) {
      const Outcome outcome = Resume(waiter);
      if (outcome == Outcome::kWaiting) continue;
      if (settled_.size() <= waiter->index) settled_.resize(waiter->index + 1, Outcome::kWaiting);
      settled_[waiter->index] = outcome;
      participant.EndWait(waiter);
    }
  }

  bool Settled(uint32_t index) const { return index < settled_.size() && settled_[index] != Outcome::kWaiting; }

  Outcome Take(uint32_t index) {
    const Outcome outcome = settled_[index];
    settled_[index] = Outcome::kWaiting;
    return outcome;
  }

  // The thread ends.
  void Die() {
    participant.Die();
    host->Ended();
  }

  Host* const host;

 private:
  void Serve(Attachment* at) {
    host->OwesService(true);
    host->Boundary();
    room_->Serve(at->cell());
    host->OwesService(false);
  }

  // The thread counts as blocked before it stands in the queue.
  Waiter* BeginSync(Attachment* at, int32_t want, efd::Role role, Outcome* outcome) {
    host->Blocks();
    room_->BeginBlocking(participant.thread());
    Waiter* waiter = Begin(at, want, role, /*sync=*/true, outcome);
    if (waiter != nullptr) return waiter;
    room_->EndBlocking(participant.thread());
    host->BlocksNoMore();
    return nullptr;
  }

  Waiter* Begin(Attachment* at, int32_t want, efd::Role role, bool sync, Outcome* outcome) {
    const bool party = role == efd::Role::kParty;
    if (role == efd::Role::kTaker && SpinToTake(at, want)) {
      *outcome = Outcome::kGranted;
      return nullptr;
    }
    fresh_ = true;
    Waiter* waiter = participant.NewWait(at, want, role, sync);
    waiter->priority = static_cast<uint8_t>(priority);
    waiter->since = host->Now();
    if (!party) host->BeginsTaking(at->cell(), waiter);
    *outcome = party ? room_->ArriveAtBarrier(waiter) : room_->Arrive(waiter);
    host->EndsTaking();
    if (party) {
      at->party = true;
      at->life = waiter->life;
    }
    if (*outcome == Outcome::kWaiting) {
      host->Queued(waiter);
      return waiter;
    }
    participant.EndWait(waiter);
    return nullptr;
  }

  // What it finds closed it leaves to Arrive.
  bool SpinToTake(Attachment* at, int32_t want) {
    if (S::Load(at->cell() + efd::kState) & efd::kQueueFirst) return false;
    auto result = efd::kNotNow;
    spinner_.Until(at->cell(), [&] {
      host->Spins();
      host->BeginsTaking(at->cell());
      result = efd::TryTake<S>(at->cell(), at->slot(), want);
      host->EndsTaking();
      host->SpinsNoMore();
      return result != efd::kNotNow;
    });
    return result >= efd::kTaken;
  }

  // Sleeps a slice of a sync wait. True when the wait has ended.
  bool Slice(Waiter* waiter, bool timed, Outcome* outcome) {
    auto* thread = participant.thread();
    thread->BeginSyncWait();
    bool out_of_time = false;
    for (;;) {
      if (std::exchange(fresh_, false) && !waiter->naps) {
        spinner_.Until(waiter->cell, [&] {
          host->Spins();
          const bool ready = waiter->ready;
          host->SpinsNoMore();
          return ready;
        });
      }
      const bool naps = waiter->naps;
      if (!out_of_time && thread->ParkUnlessReady(waiter)) {
        const bool signalled = naps ? host->Nap() : host->Sleep(timed);
        thread->Unparked(signalled);
        out_of_time = !signalled && (!naps || host->EndsSlice(timed));
      }
      *outcome = Outcome::kWaiting;
      if (waiter->ready || naps) {
        *outcome = Resume(waiter);
        fresh_ = *outcome == Outcome::kWaiting && !waiter->naps;  // owed
      }
      if (*outcome != Outcome::kWaiting) {
        EndWait(waiter);
        break;
      }
      if (out_of_time) break;
    }
    if (*outcome == Outcome::kWaiting) room_->EndNap(waiter);
    thread->EndSyncWait();
    return *outcome != Outcome::kWaiting;
  }

  Outcome Resume(Waiter* waiter) {
    host->Looks(waiter);
    const Outcome outcome = room_->Resume(waiter);
    host->Resumed(waiter, outcome);
    return outcome;
  }

  // Its time is up; what was decided by now counts.
  Got Expire(Waiter* waiter) {
    const Outcome outcome = room_->Expire(waiter);
    if (outcome == Outcome::kWaiting) {
      host->Left(waiter);
    } else {
      host->Resumed(waiter, outcome);
    }
    EndWait(waiter);
    return GotOf(outcome);
  }

  void Leave(Waiter* waiter) {
    room_->Leave(waiter);
    host->Left(waiter);
    EndWait(waiter);
  }

  void EndWait(Waiter* waiter) {
    // First: others look at the waits of a thread that is blocked.
    if (blocked_) participant.SetBlockedOn({});
    blocked_ = false;
    const bool sync = waiter->sync;
    participant.EndWait(waiter);
    if (!sync) return;
    room_->EndBlocking(participant.thread());
    host->BlocksNoMore();
  }

  efd::Room<S>* const room_;
  Spinner spinner_;
  bool fresh_ = false;            // the wait is worth a spin
  bool blocked_ = false;          // without a timeout, on a mutex
  std::vector<Outcome> settled_;  // by waiter; kWaiting: nothing to take

 public:
  efd::Participant<S> participant;
};

// A host without an oracle.
struct NoOracle {
  static constexpr int kSpins = 1024;
  template <class W>
  void Looks(W*) {}
  void Spins() {}
  void SpinsNoMore() {}
  template <class W>
  void Queued(W*) {}
  template <class W>
  void Resumed(W*, efd::Outcome) {}
  template <class W>
  void Left(W*) {}
  template <class W>
  void Blocked(W*, uint64_t) {}
  void Deadlocked(const std::vector<efd::DeadlockStep>&) {}
  void Blocks() {}
  void BlocksNoMore() {}
  void OwesService(bool) {}
  void BeginsTaking(const int32_t*, const void* = nullptr) {}
  int64_t Now() { return efd::RealSync::Nanoseconds(); }
  void EndsTaking() {}
};

}  // namespace test
