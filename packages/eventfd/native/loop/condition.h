#pragma once

#include <uv.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#ifdef __linux__
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#endif

// What a Sleeper (core/sleeper.h) sleeps by. The standard library's condition asks for a newer glibc than Node does.
namespace efd {

// A lock and a condition of libuv.
class UvCondition {
 public:
  static constexpr bool kIsLibuv = true;

  UvCondition() {
    if (uv_mutex_init(&mutex_) != 0 || uv_cond_init(&cond_) != 0) std::abort();  // without memory
  }
  UvCondition(const UvCondition&) = delete;
  UvCondition& operator=(const UvCondition&) = delete;
  ~UvCondition() {
    uv_cond_destroy(&cond_);
    uv_mutex_destroy(&mutex_);
  }

  static int64_t Now() { return static_cast<int64_t>(uv_hrtime()); }

  void Lock() { uv_mutex_lock(&mutex_); }
  void Unlock() { uv_mutex_unlock(&mutex_); }
  void Wake() { uv_cond_signal(&cond_); }

  // Under the lock, which it lets go of meanwhile: until Wake(), or until then. It may come back early. False when the
  // time is up.
  bool WaitUntil(int64_t end) {
    const int64_t left = end - Now();
    if (left <= 0) return false;
    uv_cond_timedwait(&cond_, &mutex_, static_cast<uint64_t>(std::max(left, kLeast)));
    return true;
  }

 private:
#ifdef _WIN32
  static constexpr int64_t kLeast = 1'000'000;  // its unit; of less it would not sleep at all
#else
  static constexpr int64_t kLeast = 1;
#endif

  uv_mutex_t mutex_;
  uv_cond_t cond_;
};

#ifdef __linux__
// The same without libuv, of which some have no more than a part.
class FutexCondition {
 public:
  static constexpr bool kIsLibuv = false;

  static int64_t Now() { return static_cast<int64_t>(uv_hrtime()); }

  void Lock() { mutex_.lock(); }
  void Unlock() { mutex_.unlock(); }
  void Wake() {
    wakes_.fetch_add(1);
    syscall(SYS_futex, &wakes_, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
  }

  bool WaitUntil(int64_t end) {
    const int64_t left = end - Now();
    if (left <= 0) return false;
    // Under the lock: who wakes it up has taken that after this.
    const uint32_t seen = wakes_.load();
    const timespec most = {static_cast<time_t>(left / 1'000'000'000), static_cast<long>(left % 1'000'000'000)};
    Unlock();
    syscall(SYS_futex, &wakes_, FUTEX_WAIT_PRIVATE, seen, &most, nullptr, 0);
    Lock();
    return true;
  }

 private:
  std::mutex mutex_;
  std::atomic<uint32_t> wakes_{0};
};
#endif

}  // namespace efd
