#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <thread>

namespace efd {

// Everything the core asks of the machine: atomics, a lock, the pause of a spinning loop. The core takes it as a
// template argument S, so that the same code also runs under the deterministic scheduler of the model tests, where
// each of these operations is a point at which another thread may be let run.
//
// Words lie in memory shared with WebAssembly, so they are plain int32_t; all operations are sequentially consistent,
// as WebAssembly's are.
struct RealSync {
  using Mutex = std::mutex;
  using Lock = std::lock_guard<std::mutex>;
  template <class T>
  using Atomic = std::atomic<T>;

  static int32_t Load(const int32_t* word) { return __atomic_load_n(word, __ATOMIC_SEQ_CST); }
  // The same, by who holds a lock that the model does not know of: it lets nobody else run in between.
  static int32_t Peek(const int32_t* word) { return Load(word); }
  static void Store(int32_t* word, int32_t value) { __atomic_store_n(word, value, __ATOMIC_SEQ_CST); }
  static int32_t FetchAdd(int32_t* word, int32_t value) { return __atomic_fetch_add(word, value, __ATOMIC_SEQ_CST); }
  static int32_t FetchOr(int32_t* word, int32_t bits) { return __atomic_fetch_or(word, bits, __ATOMIC_SEQ_CST); }
  static int32_t FetchAnd(int32_t* word, int32_t bits) { return __atomic_fetch_and(word, bits, __ATOMIC_SEQ_CST); }
  // On failure *expected is what was found.
  static bool CompareExchange(int32_t* word, int32_t* expected, int32_t desired) {
    return __atomic_compare_exchange_n(word, expected, desired, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  }

  // The same of 64 bits.
  static int64_t Load(const int64_t* word) { return __atomic_load_n(word, __ATOMIC_SEQ_CST); }
  static void Store(int64_t* word, int64_t value) { __atomic_store_n(word, value, __ATOMIC_SEQ_CST); }
  static bool CompareExchange(int64_t* word, int64_t* expected, int64_t desired) {
    return __atomic_compare_exchange_n(word, expected, desired, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  }

  // Lets others run who wait for a lock that was just let go of. (windows.h makes the usual word for it a macro.)
  static void LetOthersRun() { std::this_thread::yield(); }

  // For what is bounded by time; from any moment on.
  static int64_t Nanoseconds() {
    return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
  }

  // Some 10 to 100 ns on most machines. arm64's `yield` does nothing on many; to empty the pipeline takes its time.
  static void Relax() {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("isb" ::: "memory");
#endif
  }
};

}  // namespace efd
