#pragma once

#include <uv.h>

#include <algorithm>
#include <set>
#include <utility>

#include "core/room.h"
#include "loop/alarm.h"
#include "loop/result.h"

namespace efd {

// When to look at the promises of a thread that draw from rates: one timer of the loop, for who is first.
class RateAlarms {
 public:
  RateAlarms(uv_loop_t* loop, Room<RealSync>* room) : loop_(loop), room_(room) {}
  RateAlarms(const RateAlarms&) = delete;
  RateAlarms& operator=(const RateAlarms&) = delete;

  // A wait has begun, or was looked at and goes on.
  void Set(RealWaiter* waiter) {
    if (waiter->role != Role::kDrawer) return;
    if (alarm_ == nullptr) {
      alarm_ = Alarm::Create(
          loop_, [](void* self) { static_cast<RateAlarms*>(self)->OnAlarm(); }, this);
      if (alarm_ == nullptr) return;  // without memory: whoever comes to the rate next serves it
    }
    const auto at = alarms_.insert({waiter->alarm, waiter}).first;
    if (at == alarms_.begin()) SetTimer();
  }

  // It is about to be looked at, or is over.
  void Erase(RealWaiter* waiter) { alarms_.erase({waiter->alarm, waiter}); }

  // At the latest in a cleanup hook; see PollHandle.
  void Close() {
    if (alarm_ != nullptr) std::exchange(alarm_, nullptr)->Close();
  }

 private:
  void SetTimer() {
    if (alarms_.empty()) return;
    const int64_t left = (alarms_.begin()->first - RealRate::Now()) / RealRate::kUnits;
    alarm_->Set(left <= 0 ? 0 : static_cast<uint64_t>(std::min<int64_t>(left / 1'000'000 + 1, INT32_MAX)));
  }

  // Who is served is told by the waker, like all; who is first, and is not yet served, is told when to look again.
  void OnAlarm() {
    const int64_t now = RealRate::Now();
    int32_t* last = nullptr;
    while (!alarms_.empty() && alarms_.begin()->first <= now) {
      RealWaiter* waiter = alarms_.begin()->second;
      alarms_.erase(alarms_.begin());
      if (waiter->cell != last) room_->Serve(waiter->cell);
      last = waiter->cell;
    }
    SetTimer();
  }

  uv_loop_t* const loop_;
  Room<RealSync>* const room_;
  Alarm* alarm_ = nullptr;
  std::set<std::pair<int64_t, RealWaiter*>> alarms_;
};

}  // namespace efd
