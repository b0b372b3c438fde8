#pragma once

#include <napi.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include "core/spin.h"
#include "loop/copy.h"
#include "loop/process.h"
#include "loop/rate_alarms.h"
#include "loop/result.h"
#include "loop/sync_wait.h"
#include "loop/waker.h"

// A thread's way into the waiting room: what of it hangs on the thread's loop.

namespace efd {

// One environment's (thread's) part of the waiting room, and its place on the thread's loop.
class RoomEnv {
 public:
  static constexpr uint32_t kBatch = 256;  // outcomes told to JavaScript in one call

  RoomEnv(napi_env env, std::unique_ptr<LoopWaker> waker)
      : env_(env),
        process_(Process::Get()),
        room_(process_.room),
        waker_(std::move(waker)),
        participant_(&room_, waker_.get(), &process_.locks) {
    napi_add_env_cleanup_hook(env, OnCleanup, this);
    process_.roster.Add(&participant_);
  }

  RealParticipant& participant() { return participant_; }

  // A copy of the JavaScript, by its number from now on. `batch` is where outcomes are written (index << 1 | closed)
  // before its method `decided(count)` is called; it keeps that alive.
  uint32_t Connect(int thread_id, Napi::Uint32Array batch, Napi::Object copy) {
    participant_.thread()->id = thread_id;
    const auto id = static_cast<uint32_t>(copies_.size());
    copies_.emplace_back(new Told{{env_, copy, id, OnCopyGone, this}, Napi::Weak(batch)});
    return id;
  }

  bool IsCopy(uint32_t id) const { return id < copies_.size() && copies_[id] != nullptr; }

  // Calls f(object) for every copy.
  template <class F>
  void ForEachCopy(F f) {
    for (const auto& each : copies_) {
      if (napi_value object = each == nullptr ? nullptr : each->copy.object()) f(object);
    }
  }

  // The copy uses an arena from now on, whose memory is `memory`. Its index in this thread. The memory is kept for as
  // long as the thread is in the arena, since its death, and whoever inspects, will look there.
  uint32_t Join(Arena* arena, uint32_t copy, Napi::Object memory) {
    bool is_new;
    const uint32_t index = participant_.Join(arena, &is_new, copy);
    if (index >= memories_.size()) memories_.resize(index + 1);
    if (is_new) memories_[index] = Napi::Persistent(memory);
    return index;
  }

  // The same of the arena of named objects, whose memory is the process's and stays.
  uint32_t JoinNames(Arena* arena, uint32_t copy) {
    bool is_new;
    const uint32_t index = participant_.Join(arena, &is_new, copy);
    if (index >= memories_.size()) memories_.resize(index + 1);
    return index;
  }

  // Null where there is no such arena, or none with a memory of JavaScript's.
  Napi::ObjectReference* MemoryOf(uint32_t arena) {
    const Arena* found = participant_.ArenaAt(arena);
    return found == nullptr || found->has_keeper() ? nullptr : &memories_[arena];
  }

  // True when the thread has left the arena with that.
  bool LeaveArena(uint32_t arena, uint32_t copy) {
    const bool left = participant_.LeaveArena(arena, copy);
    if (left) memories_[arena].Reset();
    return left;
  }

  bool Detach(uint32_t attachment) {
    const uint32_t arena = participant_.At(attachment)->member;
    if (!participant_.Detach(attachment)) return false;
    if (participant_.LeaveIfUnused(arena)) memories_[arena].Reset();
    return true;
  }

  // How a wait begins; see Waiter.
  struct Wanted {
    int32_t permits;
    Role role;
    bool returns;
    uint8_t priority;
    double timeout_ms;
  };

  int32_t Park(RealParticipant::Attachment* at, const Wanted& wanted, bool ref) {
    LeaveSync();  // one that JavaScript was torn out of, by a vm timeout for instance
    if (const int error = Watch()) return Result::kErrno - error;
    RealWaiter* waiter;
    const int32_t result = Begin(at, wanted, /*sync=*/false, &waiter);
    if (result != Result::kWaiting) return result;
    copies_[waiter->copy]->copy.Hold();
    alarms_.Set(waiter);
    if (ref) {
      waiter->ref = true;
      if (refs_++ == 0) waker_->Ref();
    }
    return static_cast<int32_t>(waiter->index);
  }

  // Whether JavaScript is being told of the waiter right now: it is Heard() or HeardExpired() that ends it.
  bool IsBeingTold(const RealWaiter* waiter) const {
    return waiter == expired_ || std::find(decided_, decided_ + telling_, waiter) != decided_ + telling_;
  }

  // True when it had been granted, and that stands: nobody else gets anything by its leaving.
  bool Leave(RealWaiter* waiter) {
    LeaveSync();  // as Park
    const bool stands = room_.Leave(waiter) && !waiter->HandsOn();
    EndWait(waiter);
    return stands;
  }

  // The time of a wait is up. kWaiting: it has left. Else how it was decided before; kUnheard as in HeardSync, until
  // HeardExpired.
  int32_t Expire(RealWaiter* waiter) {
    LeaveSync();  // as Park
    const Outcome outcome = room_.Expire(waiter);
    if (outcome == Outcome::kGranted && waiter->slot == nullptr) {
      expired_ = waiter;
      return Result::kUnheard;
    }
    EndWait(waiter);
    return Result::Of(outcome);
  }

  void HeardExpired() {
    if (expired_ != nullptr) EndWait(std::exchange(expired_, nullptr));
  }

  // The same of the sync wait.
  int32_t ExpireSync() { return sync_wait_.Expire(); }

  // Before a sync wait: looks for what it wants for as long as that may pay, with nothing made and nobody told.
  // kNotNow: it has to wait. The ParkSync that follows looks again: what was taken may be free by then, and a thread
  // that stands in the queue is slower to see that.
  TryResult SpinSync(RealParticipant::Attachment* at, int32_t want) {
    LeaveSync();  // as Park
    return Spin(at, want);
  }

  // Begins a sync wait and sleeps its first slice (of 0 ms to enqueue only); WaitSync sleeps the next ones.
  int32_t ParkSync(RealParticipant::Attachment* at, const Wanted& wanted, double ms) {
    LeaveSync();  // as Park
    if (const int error = Watch()) return Result::kErrno - error;
    // Before it stands in the queue: who sees it there finds that its promises are passed over.
    room_.BeginBlocking(participant_.thread());
    RealWaiter* waiter;
    const int32_t begun = Begin(at, wanted, /*sync=*/true, &waiter);
    if (begun != Result::kWaiting) {
      room_.EndBlocking(participant_.thread());
      return begun;
    }
    sync_wait_.Begin(waiter, at, std::isinf(wanted.timeout_ms), HoldersOf(at));
    if (ms > 0) return WaitSync(ms);
    participant_.thread()->EndSyncWait();  // should JavaScript not come back
    return Result::kWaiting;
  }

  int32_t WaitSync(double ms) { return sync_wait_.Sleep(ms); }

  // A request for a Web Lock; null: it is not available. 0 or an errno, and then none is made.
  int MakeLock(std::u16string_view name, LockMode mode, LockUrgency urgency, bool ref, uint32_t copy,
               RealLockRequest** made) {
    if (const int error = Watch()) return error;  // what was granted can be stolen
    *made = process_.locks.Make(participant_.lock_client(), name, mode, urgency, copy);
    if (*made == nullptr) return 0;
    copies_[copy]->copy.Hold();
    // Most locks are held for less time than it takes to wake a loop.
    if ((*made)->comes_next) {
      process_.locks.Look(*made, [&](auto look) { return spinner_.Until(*made, look); });
    }
    if (ref && !(*made)->at_once) HoldLoop(*made);
    return 0;
  }

  // Gives the lock back, or gives up waiting for it.
  LockState EndLock(RealLockRequest* request) {
    LeaveLoop(request);
    copies_[request->copy]->copy.LetGo();
    return process_.locks.End(request);
  }

  // The time of the wait is up; see LockTable.
  LockState ExpireLock(RealLockRequest* request) {
    LeaveLoop(request);
    const uint32_t copy = request->copy;
    const LockState state = process_.locks.EndIfPending(request);
    if (state == LockState::kPending) copies_[copy]->copy.LetGo();
    return state;
  }

  // Calls f(request, was_granted, is_stolen) for what became of some requests of the copy.
  template <class F>
  void TakeLockNews(uint32_t copy, uint32_t most, F f) {
    process_.locks.TakeNews(participant_.lock_client(), copy, most, [&](auto* request, bool granted, bool stolen) {
      LeaveLoop(request);
      f(request, granted, stolen);
    });
  }

  // JavaScript blocks for a descriptor, or runs again.
  void BlocksElsewhere(bool blocks) {
    if (sync_wait_.is_under_way()) LeaveSync();  // as Park
    auto* thread = participant_.thread();
    blocks ? room_.BeginBlocking(thread) : room_.EndBlocking(thread);
  }

  // JavaScript has heard of all it is being told: those waits are over, before any code that awaited them runs.
  void Heard() {
    for (; telling_ > 0; telling_--) EndWait(decided_[telling_ - 1]);
  }

  // JavaScript has heard that the sync wait was granted.
  void HeardSync() { sync_wait_.Heard(); }

  // Whether the loop has not turned since a look that was some milliseconds ago: JavaScript goes on in microtasks.
  bool IsTurnDue() {
    const Clock::time_point now = Clock::now();
    // Where turns are not counted, one is due every so often.
    if (!waker_->HasWholeLibuv()) {
      const bool due = now - turn_began_ > kLongestTurn;
      if (due) turn_began_ = now;
      return due;
    }
    uv_metrics_t metrics;
    if (uv_metrics_info(loop_, &metrics) != 0) return false;
    if (std::exchange(turn_, metrics.loop_count) != metrics.loop_count) turn_began_ = now;
    return now - turn_began_ > kLongestTurn;
  }

  // Ends the sync wait, if there is one. True when it had been granted, and was given back.
  bool LeaveSync() {
    if (expired_ != nullptr) {  // JavaScript was torn out before it heard
      room_.Leave(expired_);
      HeardExpired();
    }
    return sync_wait_.Leave();
  }

 private:
  struct Told {
    Copy copy;
    Napi::Reference<Napi::Uint32Array> batch;
  };

  using Clock = std::chrono::steady_clock;
  static constexpr double kLongest = 1e11;  // ms: a timeout above is none
  static constexpr Clock::duration kLongestTurn = std::chrono::milliseconds(4);

  static uv_loop_t* LoopOf(napi_env env) {
    uv_loop_t* loop = nullptr;
    napi_get_uv_event_loop(env, &loop);
    return loop;
  }

  // Result::kGranted, Result::kClosed, Result::kFull, Result::kTooLate, or Result::kWaiting with the waiter queued.
  int32_t Begin(RealParticipant::Attachment* at, const Wanted& wanted, bool sync, RealWaiter** queued) {
    const Role role = wanted.role;
    if (role == Role::kTaker) {
      const TryResult result = Spin(at, wanted.permits);
      if (result != kNotNow) return result == kIsClosed ? Result::kClosed : Result::kGranted;
    }
    RealWaiter* waiter = participant_.NewWait(at, wanted.permits, role, sync);
    waiter->since = RealSync::Nanoseconds();
    waiter->returns = wanted.returns;
    waiter->priority = wanted.priority;
    if (wanted.timeout_ms < kLongest)
      waiter->deadline = RealRate::Now() + static_cast<int64_t>(wanted.timeout_ms * 1e6) * RealRate::kUnits;
    const bool party = role == Role::kParty;
    const Outcome outcome = party                   ? room_.ArriveAtBarrier(waiter)
                            : role == Role::kDrawer ? room_.ArriveAtRate(waiter)
                                                    : room_.Arrive(waiter);
    if (party) {
      at->party = true;
      at->life = waiter->life;
    }
    if (outcome == Outcome::kWaiting) {
      AtPoint("queued");
      *queued = waiter;
    } else {
      AtPoint("arrived");
      participant_.EndWait(waiter);
    }
    return Result::Of(outcome);
  }

  // How many threads may run with a permit. Of an RwLock one: where many read, nobody waits for long.
  static int32_t HoldersOf(RealParticipant::Attachment* at) {
    return at->kind == kSemaphore ? RealSync::Load(at->cell() + kTotal) : 1;
  }

  TryResult Spin(RealParticipant::Attachment* at, int32_t want) {
    // What this thread holds itself, or has promises queued for, it would wait for in vain: it spins. Nor does it where
    // it looks as if the queue were full, since to be refused takes no time; whether it is, Arrive decides.
    if (at->waits > 0 || (at->slot() != nullptr && RealSync::Load(at->slot()) > 0)) return kNotNow;
    const int32_t most = RealSync::Load(at->cell() + kMaxWaiting);
    if (most >= 0 && RealSync::Load(at->cell() + kWaiting) >= most) return kNotNow;
    // Behind who is owed what comes next it would spin in vain, too, and in its place.
    if (RealSync::Load(at->cell() + kState) & kQueueFirst) return kNotNow;
    auto result = kNotNow;
    spinner_.Until(
        at->cell(),
        [&] {
          result = TryTake<RealSync>(at->cell(), at->slot(), want);
          return result != kNotNow;
        },
        HoldersOf(at));
    return result;
  }

  // Opens the waker at the thread's first wait. 0, or an errno.
  int Watch() {
    if (waker_->is_open()) return 0;
    return waker_->Open(
        loop_, [](void* self) { static_cast<RoomEnv*>(self)->OnSignal(); }, this);
  }

  void EndWait(RealWaiter* waiter) {
    alarms_.Erase(waiter);
    copies_[waiter->copy]->copy.LetGo();
    if (waiter->ref && --refs_ == 0) waker_->Unref();
    participant_.EndWait(waiter);
  }

  void HoldLoop(RealLockRequest* request) {
    request->ref = true;
    if (refs_++ == 0) waker_->Ref();
  }
  void LeaveLoop(RealLockRequest* request) {
    if (std::exchange(request->ref, false) && --refs_ == 0) waker_->Unref();
  }

  // The copies take what they have not heard of. False when JavaScript cannot run, or throws; or when others on this
  // loop want their turn.
  bool TellOfLocks() {
    uint32_t copy = 0;
    if (!participant_.thread()->TakeNews()) return true;
    for (int calls = 0; process_.locks.HasNews(participant_.lock_client(), &copy); calls++) {
      Napi::HandleScope scope(env_);
      if (calls == 16 || !copies_[copy]->copy.Call("onLockNews", {})) {
        participant_.thread()->KeepNews();
        return false;
      }
    }
    return true;
  }

  // The loop was woken: note what was granted, then let JavaScript settle it, a batch in a call.
  void OnSignal() {
    auto* thread = participant_.thread();
    waker_->Drain();
    thread->Heard();
    AtPoint("woken");
    LeaveSync();  // the loop runs, so nobody is in it: JavaScript was torn out of it
    if (!TellOfLocks()) thread->SignalSelfIfReady();
    for (int batches = 0; batches < 16; batches++) {
      while (telling_ < kBatch) {
        RealWaiter* waiter = thread->NextReady();
        if (waiter == nullptr || (telling_ > 0 && waiter->copy != decided_[0]->copy)) break;
        alarms_.Erase(waiter);
        if (room_.Resume(waiter) != Outcome::kWaiting) {
          decided_[telling_++] = waiter;
        } else {
          alarms_.Set(waiter);
        }
      }
      if (telling_ == 0) return;
      AtPoint("resumed");
      const bool told = Tell();
      AtPoint("told");
      // What JavaScript did not hear of. The ledger answers for permits; where there is none, they go to the next.
      for (; telling_ > 0; telling_--) {
        RealWaiter* waiter = decided_[telling_ - 1];
        waiter->slot != nullptr ? EndWait(waiter) : static_cast<void>(Leave(waiter));
      }
      if (!told) break;
    }
    thread->SignalSelfIfReady();  // others on this loop want their turn
  }

  // Tells the copy that waits, for all of them. False when JavaScript cannot run any more: the loop of a worker turns
  // once more when it ends.
  bool Tell() {
    Napi::HandleScope scope(env_);
    Told& told = *copies_[decided_[0]->copy];
    Napi::Uint32Array batch = told.batch.Value();
    const uint32_t count = telling_;
    if (batch.IsEmpty() || batch.ElementLength() < count) return false;  // it was transferred
    for (uint32_t i = 0; i < count; i++) {
      batch[i] = decided_[i]->index << 1 | (decided_[i]->outcome == Outcome::kClosed ? 1 : 0);
    }
    napi_value argument;
    return napi_create_uint32(env_, count, &argument) == napi_ok && told.copy.Call("decided", {argument});
  }

  static void OnCopyGone(void* owner, Copy* copy) {
    auto* self = static_cast<RoomEnv*>(owner);
    self->LeaveSync();  // as Park
    self->participant_.Lose(copy->id(), [self](uint32_t arena) { self->memories_[arena].Reset(); });
    self->copies_[copy->id()].reset();
  }

  // Runs however the thread ends.
  static void OnCleanup(void* data) {
    auto* self = static_cast<RoomEnv*>(data);
    AtPoint("dying");
    self->process_.roster.Remove(&self->participant_);
    self->participant_.Die();
    self->alarms_.Close();
    self->waker_->Close();
    // With it end the references to JavaScript: Node frees none that an addon made, and the environment is whole still.
    delete self;
  }

  napi_env env_;
  uv_loop_t* const loop_ = LoopOf(env_);
  Process& process_;
  Room<RealSync>& room_;
  const std::unique_ptr<LoopWaker> waker_;
  RealParticipant participant_;
  RateAlarms alarms_{loop_, &room_};
  int refs_ = 0;
  Spinner<RealSync> spinner_;
  SyncWait sync_wait_{loop_, &participant_, waker_.get(), &spinner_};
  RealWaiter* decided_[kBatch];
  uint32_t telling_ = 0;           // how many of them JavaScript is being told of
  RealWaiter* expired_ = nullptr;  // granted as its time was up, and JavaScript has not heard
  uint64_t turn_ = UINT64_MAX;     // of the loop, at the last look
  Clock::time_point turn_began_;
  std::vector<std::unique_ptr<Told>> copies_;    // by number, which is never used again; null where it is gone
  std::vector<Napi::ObjectReference> memories_;  // of the arenas that the thread is in, by index
};

}  // namespace efd
