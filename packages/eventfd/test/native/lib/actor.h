#pragma once

#include <vector>

#include "core/participant.h"
#include "lib/check.h"

namespace test {

// Thrown where a thread is terminated: between two calls from JavaScript, since V8 interrupts neither C++ nor the
// straight-line WebAssembly of the fast path.
struct Died {};

enum class Got { kPermits, kTimeout, kClosed };

// One thread's use of the waiting room, as native/loop/room_env.h and src/room.ts use it between them, without Node.
// What differs between the tests is the host:
//
//   Signal()         how the thread is woken (it is the Waker)
//   Sleep(timed)     sleeps until signalled, or also until its time is up; drains. True when signalled
//   Boundary()       JavaScript runs here; may throw Died
//   the rest         what an oracle may want to know
//
// Written for S, as the core is: it runs on the machine and under the model's scheduler.
template <class S, class Host>
class Actor {
 public:
  using Attachment = typename efd::Participant<S>::Attachment;
  using Waiter = efd::Waiter<S>;
  using Outcome = efd::Outcome;

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
    if (result != efd::kServeWaiters) return;
    host->Boundary();
    room_->Serve(at->cell());
  }

  // Adds what nobody held: a post, a count-down.
  void Post(Attachment* at, int32_t permits) {
    host->Boundary();
    if (efd::Post<S>(at->cell(), permits, /*saturate=*/true) != efd::kPostServe) return;
    host->Boundary();
    room_->Serve(at->cell());
  }

  // Sync waits

  Got AcquireSync(Attachment* at, int32_t want, bool timed = false) {
    if (TryAcquire(at, want)) return Got::kPermits;
    return WaitSync(at, want, efd::Role::kTaker, timed);
  }

  Got WaitSync(Attachment* at, int32_t want, efd::Role role, bool timed) {
    host->Boundary();
    Outcome outcome;
    Waiter* waiter = Begin(at, want, role, /*sync=*/true, &outcome);
    while (waiter != nullptr) {
      if (Slice(waiter, timed, &outcome)) break;
      host->Boundary();  // JavaScript looks at the clock
      if (!timed) continue;
      Leave(waiter);
      return Got::kTimeout;
    }
    return outcome == Outcome::kGranted ? Got::kPermits : Got::kClosed;
  }

  // Async waits

  // Null when the wait ended at once.
  Waiter* Park(Attachment* at, int32_t want, efd::Role role, Got* got) {
    host->Boundary();
    Outcome outcome;
    Waiter* waiter = Begin(at, want, role, /*sync=*/false, &outcome);
    *got = outcome == Outcome::kGranted ? Got::kPermits : Got::kClosed;
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
      if (host->Sleep(timed)) {
        OnSignal();
        host->Boundary();
      } else {
        host->Boundary();
        if (timed) {
          Leave(waiter);
          return Got::kTimeout;
        }
      }
    }
    return Take(index) == Outcome::kGranted ? Got::kPermits : Got::kClosed;
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
  Waiter* Begin(Attachment* at, int32_t want, efd::Role role, bool sync, Outcome* outcome) {
    const bool party = role == efd::Role::kParty;
    Waiter* waiter = participant.NewWait(at, want, role, sync);
    *outcome = party ? room_->ArriveAtBarrier(waiter) : room_->Arrive(waiter);
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

  // Sleeps a slice of a sync wait. True when the wait has ended.
  bool Slice(Waiter* waiter, bool timed, Outcome* outcome) {
    auto* thread = participant.thread();
    thread->BeginSyncWait();
    bool out_of_time = false;
    for (;;) {
      if (!out_of_time && thread->ParkUnlessReady(waiter)) {
        const bool signalled = host->Sleep(timed);
        thread->Unparked(signalled);
        out_of_time = !signalled;
      }
      *outcome = Outcome::kWaiting;
      if (waiter->ready) *outcome = Resume(waiter);
      if (*outcome != Outcome::kWaiting) {
        participant.EndWait(waiter);
        break;
      }
      if (out_of_time) break;
    }
    thread->EndSyncWait();
    return *outcome != Outcome::kWaiting;
  }

  Outcome Resume(Waiter* waiter) {
    const Outcome outcome = room_->Resume(waiter);
    host->Resumed(waiter, outcome);
    return outcome;
  }

  void Leave(Waiter* waiter) {
    room_->Leave(waiter);
    host->Left(waiter);
    participant.EndWait(waiter);
  }

  efd::Room<S>* const room_;
  std::vector<Outcome> settled_;  // by waiter; kWaiting: nothing to take

 public:
  efd::Participant<S> participant;
};

// A host without an oracle.
struct NoOracle {
  template <class W>
  void Queued(W*) {}
  template <class W>
  void Resumed(W*, efd::Outcome) {}
  template <class W>
  void Left(W*) {}
  void BeginsTaking(const int32_t*) {}
  void EndsTaking() {}
};

}  // namespace test
