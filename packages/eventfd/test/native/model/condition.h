#pragma once

#include <limits>

#include "core/sleeper.h"
#include "model/sync.h"

namespace model {

// What efd::UvCondition is to the machine. Who wakes it up while it does not sleep does nothing; a time that is not for
// ever may be up at any moment.
class ModelCondition {
 public:
  static constexpr int64_t kForEver = std::numeric_limits<int64_t>::max();

  static int64_t Now() { return 0; }

  void Lock() { mutex_.lock(); }
  void Unlock() { mutex_.unlock(); }
  void Wake() {
    Explorer::Before({Kind::kSignal, &woken_});
    woken_ = woken_ || sleeps_;
  }
  bool WaitUntil(int64_t end) {
    sleeps_ = true;
    mutex_.unlock();
    if (end == kForEver) {
      Explorer::Before({Kind::kSleep, &woken_, &woken_, true});
    } else {
      Explorer::Before({Kind::kTimedSleep, &woken_});
    }
    const bool woken = woken_;
    sleeps_ = woken_ = false;
    mutex_.lock();
    return woken;
  }

 private:
  ModelSync::Mutex mutex_;
  bool sleeps_ = false;
  bool woken_ = false;
};

}  // namespace model
