#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "core/spin.h"
#include "loop/loop_watch.h"
#include "loop/process.h"
#include "loop/result.h"
#include "loop/waker.h"

namespace efd {

// The wait that blocks a thread; it is in one at most. It goes by slices, between which JavaScript runs, so that the
// thread can be terminated.
class SyncWait {
 public:
  // `spinner` is the thread's; all else, what it waits by.
  SyncWait(uv_loop_t* loop, RealParticipant* participant, LoopWaker* waker, Spinner<RealSync>* spinner)
      : loop_watch_(loop), participant_(*participant), waker_(*waker), spinner_(*spinner) {}
  SyncWait(const SyncWait&) = delete;
  SyncWait& operator=(const SyncWait&) = delete;

  bool is_under_way() const { return waiter_ != nullptr; }

  // The waiter has queued, and its thread counts as blocked. An endless wait may be part of a deadlock. `holders`: how
  // many others may have what it waits for.
  void Begin(RealWaiter* waiter, const RealParticipant::Attachment* at, bool endless, int32_t holders) {
    waiter_ = waiter;
    holders_ = holders;
    fresh_ = waiter->role != Role::kDrawer;
    nap_ = kFirstNap;
    if (endless && at->kind == kMutex) {
      participant_.SetBlockedOn(
          {at->arena, at->offset, at->cell(), at->generation, process_.roster.NextOrder(), waiter});
    }
  }

  // Sleeps a slice.
  int32_t Sleep(double ms) {
    if (waiter_ == nullptr) return Result::kRefused;
    auto* thread = participant_.thread();
    const Clock::time_point end = EndOfSlice(Clock::now(), ms);
    thread->BeginSyncWait();
    int32_t result = Result::kWaiting;
    for (;;) {
      if (std::exchange(fresh_, false) && !waiter_->naps) {
        auto& spinner = waiter_->owed && waiter_->patient_until != 0 ? owed_spinner_ : spinner_;
        spinner.Until(
            waiter_->cell, [&] { return waiter_->ready.load(); }, holders_);
      }
      bool loop_has_work = false;
      const bool naps = waiter_->naps;
      const Clock::duration left = end - Clock::now();
      const Clock::duration nap = std::min(left, UntilAlarm());
      if (nap > kNoTime && thread->ParkUnlessReady(waiter_)) {
        AtPoint("parked");
        const auto slept = waker_.Sleep(loop_watch_, naps ? std::min(nap, NextNap()) : nap);
        thread->Unparked(slept.signalled);
        loop_has_work = slept.loop_has_work && !slept.signalled;  // the loop watches the waker as well
      }
      if (waiter_->ready || naps || UntilAlarm() <= kNoTime) {
        AtPoint("woken");
        const Outcome outcome = room_.Resume(waiter_);
        // Owed: the next release hands over to it, so it is about to come.
        fresh_ = outcome == Outcome::kWaiting && !waiter_->naps && waiter_->role != Role::kDrawer;
        if (outcome != Outcome::kWaiting) {
          AtPoint("resumed");
          result = Ended(outcome);
          break;
        }
      }
      if (loop_has_work) {
        loop_watch_.Heard();  // perhaps of a termination, which JavaScript looks for
        break;
      }
      if (left <= kNoTime) break;
    }
    if (result == Result::kWaiting) room_.EndNap(waiter_);
    thread->EndSyncWait();
    return result;
  }

  // Its time is up.
  int32_t Expire() { return waiter_ == nullptr ? int32_t{Result::kRefused} : Ended(room_.Expire(waiter_)); }

  // JavaScript has heard that it was granted (Result::kUnheard).
  //
  // A grant that the ledger knows of is over when Sleep returns it. One without a ledger would be lost when the thread
  // is being terminated and JavaScript never runs again; so it stays in flight until this, and Leave passes it on.
  void Heard() {
    if (unheard_) End();
  }

  // Ends the wait, if there is one. True when it had been granted, and was given back.
  bool Leave() {
    if (waiter_ == nullptr) return false;
    const bool granted = room_.Leave(waiter_);
    End();
    return granted;
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr Clock::duration kNoTime{0};

  // A nap is short where turns are short, and costs a wake-up of the thread.
  static constexpr Clock::duration kFirstNap = std::chrono::microseconds(50);
  static constexpr Clock::duration kLongestNap = std::chrono::microseconds(400);

  // No longer than its patience, or it would come too late to be owed.
  Clock::duration NextNap() {
    const Clock::duration nap = std::exchange(nap_, std::min(nap_ * 2, kLongestNap));
    const std::chrono::nanoseconds patience(waiter_->patient_until - RealSync::Nanoseconds());
    return std::clamp<Clock::duration>(patience, kNoTime, nap);
  }

  // Whatever was passed, it is not far off: JavaScript must run now and then, or the thread cannot be terminated; more
  // often where nothing else announces that.
  Clock::time_point EndOfSlice(Clock::time_point now, double ms) const {
    const double most = waker_.HearsLoop() ? 100 : 40;
    const std::chrono::duration<double, std::milli> wanted(ms > 0 ? std::min(ms, most) : 0);
    return now + std::chrono::duration_cast<Clock::duration>(wanted);
  }

  // How long it sleeps before it looks by itself, if it draws from a rate.
  Clock::duration UntilAlarm() const {
    if (waiter_->role != Role::kDrawer) return Clock::duration::max();
    return std::chrono::nanoseconds((waiter_->alarm - RealRate::Now() + RealRate::kUnits - 1) / RealRate::kUnits);
  }

  int32_t Ended(Outcome outcome) {
    if (outcome == Outcome::kGranted && waiter_->slot == nullptr) {
      unheard_ = true;
      return Result::kUnheard;
    }
    End();
    return Result::Of(outcome);
  }

  void End() {
    // First: others look at the waits of a thread that is blocked.
    participant_.SetBlockedOn({});
    participant_.EndWait(waiter_);
    waiter_ = nullptr;
    unheard_ = false;
    room_.EndBlocking(participant_.thread());
  }

  LoopWatch loop_watch_;
  Process& process_ = Process::Get();
  Room<RealSync>& room_ = process_.room;
  RealParticipant& participant_;
  LoopWaker& waker_;
  Spinner<RealSync>& spinner_;
  Spinner<RealSync> owed_spinner_{Spinner<RealSync>::kMostOwed};
  RealWaiter* waiter_ = nullptr;
  int32_t holders_ = 1;
  Clock::duration nap_ = kFirstNap;  // the next
  bool unheard_ = false;             // it was granted, and is over once JavaScript has heard so
  bool fresh_ = false;               // it is worth a spin: it has just begun, or was just overtaken
};

}  // namespace efd
