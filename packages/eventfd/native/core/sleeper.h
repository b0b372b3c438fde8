#pragma once

#include <cstdint>
#include <utility>

namespace efd {

// What a thread sleeps by in a sync wait where there is no descriptor to poll: a flag, and a condition. The thread's
// loop is told by something else, which wakes no thread that is blocked. So who signals must tell which it is:
//
//   sleeping  signalled   the thread                          Signal()
//   0         0           runs                                sets the flag; its loop is to be told
//   0         1           runs, and will look                 the same
//   1         0           sleeps                              sets the flag and wakes it; its loop need not turn for it
//   1         1           is about to wake up                 the same
//
// Both are one word under one lock: were the flag looked at, and the sleep said, one after the other, a signal in
// between would tell the loop of a thread that then sleeps.
//
// Condition is a lock with a condition: the machine's (loop/waker_async.h) or the model's.
template <class Condition>
class Sleeper {
 public:
  // False: the thread does not sleep, and its loop is to be told. By any thread.
  bool Signal() {
    condition_.Lock();
    signalled_ = true;
    const bool sleeps = sleeping_;
    condition_.Unlock();
    if (sleeps) condition_.Wake();
    return sleeps;
  }

  // The rest is for the thread itself.

  // It has been told by its loop.
  void Clear() {
    condition_.Lock();
    signalled_ = false;
    condition_.Unlock();
  }

  // Sleeps until a signal, for `ns` at most; it is not to be told of that signal again. True when there was one,
  // perhaps before this.
  bool Sleep(int64_t ns) {
    const int64_t end = Condition::Now() + ns;
    condition_.Lock();
    sleeping_ = true;
    while (!signalled_ && condition_.WaitUntil(end)) {
    }
    sleeping_ = false;
    const bool signalled = std::exchange(signalled_, false);
    condition_.Unlock();
    return signalled;
  }

 private:
  Condition condition_;
  bool signalled_ = false;
  bool sleeping_ = false;
};

}  // namespace efd
