#pragma once

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <utility>

#include "core/sleeper.h"
#include "lib/check.h"

// What threads without a loop of libuv are woken by, in the two ways of native/loop/waker.h: by one thing, whatever
// they do, or by one for their loop and another while they are blocked.
namespace test {

class ThreadWaker {
 public:
  virtual ~ThreadWaker() = default;
  virtual void Signal() = 0;
  // In a sync wait; in the loop. True when signalled.
  virtual bool Sleep(std::chrono::nanoseconds time) = 0;
  virtual bool Turn(std::chrono::nanoseconds time) = 0;
};

// An eventfd, whose number is the next thread's once it is closed.
class FdWaker final : public ThreadWaker {
 public:
  FdWaker() { CHECK(fd_ >= 0); }
  ~FdWaker() override { ::close(fd_); }

  void Signal() override {
    const uint64_t one = 1;
    CHECK_EQ(::write(fd_, &one, sizeof one), 8);
  }
  bool Sleep(std::chrono::nanoseconds time) override {
    pollfd polled = {fd_, POLLIN, 0};
    const timespec most = {time.count() / 1'000'000'000, time.count() % 1'000'000'000};
    if (::ppoll(&polled, 1, &most, nullptr) <= 0) return false;
    uint64_t count;
    CHECK_EQ(::read(fd_, &count, sizeof count), 8);
    return true;
  }
  bool Turn(std::chrono::nanoseconds time) override { return Sleep(time); }

 private:
  const int fd_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
};

class StdCondition {
 public:
  static int64_t Now() { return std::chrono::nanoseconds(Clock::now().time_since_epoch()).count(); }
  void Lock() { mutex_.lock(); }
  void Unlock() { mutex_.unlock(); }
  void Wake() { condition_.notify_one(); }
  bool WaitUntil(int64_t end) {
    std::unique_lock lock(mutex_, std::adopt_lock);
    const auto until = Clock::time_point(std::chrono::nanoseconds(end));
    const bool in_time = condition_.wait_until(lock, until) == std::cv_status::no_timeout;
    lock.release();
    return in_time;
  }

 private:
  // ThreadSanitizer knows of waits by this clock only.
  using Clock = std::chrono::system_clock;

  std::mutex mutex_;
  std::condition_variable condition_;
};

class SleeperWaker final : public ThreadWaker {
 public:
  void Signal() override {
    if (!sleeper_.Signal()) loop_.Signal();
  }
  bool Sleep(std::chrono::nanoseconds time) override { return sleeper_.Sleep(time.count()); }
  bool Turn(std::chrono::nanoseconds time) override {
    if (!loop_.Turn(time)) return false;
    sleeper_.Clear();
    return true;
  }

 private:
  efd::Sleeper<StdCondition> sleeper_;
  FdWaker loop_;
};

}  // namespace test
