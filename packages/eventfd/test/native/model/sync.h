#pragma once

#include <cstdint>

#include "explorer.h"

namespace model {

// What core/sync.h's RealSync is to the machine, this is to the explorer: each operation first lets another actor run.
struct ModelSync {
  class Mutex {
   public:
    Mutex() = default;
    Mutex(const Mutex&) = delete;
    Mutex& operator=(const Mutex&) = delete;
    void lock() {
      Explorer::Before({Kind::kLock, this, &held_, false});
      held_ = true;
    }
    void unlock() {
      held_ = false;
      Explorer::Unlocked(this);
    }

   private:
    bool held_ = false;
  };

  class Lock {
   public:
    explicit Lock(Mutex& mutex) : mutex_(mutex) { mutex_.lock(); }
    ~Lock() { mutex_.unlock(); }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

   private:
    Mutex& mutex_;
  };

  template <class T>
  class Atomic {
   public:
    constexpr Atomic(T value) : value_(value) {}
    T load() const {
      Explorer::Before({Kind::kLoad, this});
      return value_;
    }
    void store(T value) {
      Explorer::Before({Kind::kStore, this});
      value_ = value;
    }
    T fetch_add(T value) {
      Explorer::Before({Kind::kChange, this});
      const T before = value_;
      value_ = before + value;
      return before;
    }
    T fetch_sub(T value) { return fetch_add(-value); }
    // For the oracle, whom nobody notices.
    T peek() const { return value_; }
    operator T() const { return load(); }
    T operator=(T value) {
      store(value);
      return value;
    }

   private:
    T value_;
  };

  static int32_t Load(const int32_t* word) {
    Explorer::Before({Kind::kLoad, word});
    if (on_load != nullptr) on_load(word);
    return *word;
  }
  static int32_t Peek(const int32_t* word) {
    if (on_load != nullptr) on_load(word);
    return *word;
  }
  static void Store(int32_t* word, int32_t value) {
    Explorer::Before({Kind::kStore, word});
    Write(word, value);
  }
  static int32_t FetchAdd(int32_t* word, int32_t value) {
    Explorer::Before({Kind::kChange, word});
    const int32_t before = *word;
    Write(word, static_cast<int32_t>(static_cast<uint32_t>(before) + static_cast<uint32_t>(value)));
    return before;
  }
  static int32_t FetchOr(int32_t* word, int32_t bits) {
    Explorer::Before({Kind::kChange, word});
    const int32_t before = *word;
    Write(word, before | bits);
    return before;
  }
  static int32_t FetchAnd(int32_t* word, int32_t bits) {
    Explorer::Before({Kind::kChange, word});
    const int32_t before = *word;
    Write(word, before & bits);
    return before;
  }
  static bool CompareExchange(int32_t* word, int32_t* expected, int32_t desired) {
    Explorer::Before({Kind::kChange, word});
    if (*word == *expected) {
      Write(word, desired);
      return true;
    }
    *expected = *word;
    return false;
  }

  static int64_t Load(const int64_t* word) {
    Explorer::Before({Kind::kLoad, word});
    return *word;
  }
  static void Store(int64_t* word, int64_t value) {
    Explorer::Before({Kind::kStore, word});
    *word = value;
  }
  static bool CompareExchange(int64_t* word, int64_t* expected, int64_t desired) {
    Explorer::Before({Kind::kChange, word});
    if (*word == *expected) {
      *word = desired;
      return true;
    }
    *expected = *word;
    return false;
  }

  static void LetOthersRun() {}
  // Time stands still but for whom the world lets it pass. What is bounded by it is bounded by something else, too. Or
  // else it is the same for all, and a look at it one of the operations that others may come before.
  static int64_t Nanoseconds() {
    if (Explorer::actor() < 0) return has_clock ? clock : 0;
    if (!has_clock) return time[Explorer::actor()];
    Explorer::Before({Kind::kLoad, &clock});
    return time[Explorer::actor()] = clock;
  }
  static void PassUntil(int64_t then) {
    Explorer::Before({Kind::kStore, &clock});
    if (then > clock) clock = then;
  }
  static inline int64_t time[kMaxActors] = {};  // when the actor looked last
  static inline bool has_clock = false;
  static inline int64_t clock = 0;
  static void Relax() {}

  // Told of every look at a word, and of every change, at the moment it happens.
  static inline void (*on_load)(const int32_t* word) = nullptr;
  static inline void (*on_write)(int32_t* word, int32_t before, int32_t after) = nullptr;

 private:
  static void Write(int32_t* word, int32_t value) {
    const int32_t before = *word;
    *word = value;
    if (on_write != nullptr) on_write(word, before, value);
  }
};

}  // namespace model
