#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/sync.h"

// Memory that somebody writes over while the waiting room uses it, and the bytes that say where, when and what. The
// same bytes do the same again.
namespace fuzz {

// Read off the front. Behind the end there are zeros.
class Input {
 public:
  Input(const uint8_t* data, std::size_t size) : data_(data), left_(size) {}

  bool over() const { return left_ == 0; }
  uint8_t Byte() {
    if (left_ == 0) return 0;
    left_--;
    return *data_++;
  }
  uint32_t Below(uint32_t n) { return Byte() % n; }

  // A word that is likely to do harm, or any.
  int32_t Word() {
    static constexpr int32_t kHarmful[] = {
        0,
        1,
        2,
        3,
        4,
        -1,
        -2,
        INT32_MIN,
        INT32_MAX,
        5,
        7,
        16,
        1 << 29,
        (1 << 29) - 1,
        0x45464431,
        INT32_MIN | 1,
        64,
        31,
        -4,
        INT32_MAX - 3,
        INT32_MIN + 3,
    };
    constexpr uint32_t kCount = sizeof kHarmful / sizeof *kHarmful;
    const uint32_t which = Below(kCount + 4);
    if (which < kCount) return kHarmful[which];
    uint32_t word = 0;
    for (int i = 0; i < 4; i++) word = word << 8 | Byte();
    return static_cast<int32_t>(word);
  }

 private:
  const uint8_t* data_;
  std::size_t left_;
};

// Who writes over the memory: between two calls into the core, or before the n-th atomic operation from now, which may
// well be in the middle of a call.
class Scribbler {
 public:
  Scribbler(uint8_t* memory, uint32_t words) : words_(reinterpret_cast<int32_t*>(memory)), count_(words) {}

  void Write(uint32_t word, int32_t value) { words_[word % count_] = value; }
  void WriteLater(uint32_t operations, uint32_t word, int32_t value) { plans_.push_back({operations, word, value}); }

  void Step() {
    for (std::size_t i = 0; i < plans_.size();) {
      if (plans_[i].operations-- > 0) {
        i++;
        continue;
      }
      Write(plans_[i].word, plans_[i].value);
      plans_[i] = plans_.back();
      plans_.pop_back();
    }
  }

  static inline Scribbler* now = nullptr;

 private:
  struct Plan {
    uint32_t operations;
    uint32_t word;
    int32_t value;
  };
  int32_t* words_;
  uint32_t count_;
  std::vector<Plan> plans_;
};

// What the core is run with: the machine's operations, each with the scribbler before it.
struct HostileSync : efd::RealSync {
  static void Step() {
    if (Scribbler::now != nullptr) Scribbler::now->Step();
  }
  static int32_t Load(const int32_t* word) {
    Step();
    return RealSync::Load(word);
  }
  static void Store(int32_t* word, int32_t value) {
    Step();
    RealSync::Store(word, value);
  }
  static int32_t FetchAdd(int32_t* word, int32_t value) {
    Step();
    return RealSync::FetchAdd(word, value);
  }
  static int32_t FetchOr(int32_t* word, int32_t bits) {
    Step();
    return RealSync::FetchOr(word, bits);
  }
  static int32_t FetchAnd(int32_t* word, int32_t bits) {
    Step();
    return RealSync::FetchAnd(word, bits);
  }
  static bool CompareExchange(int32_t* word, int32_t* expected, int32_t desired) {
    Step();
    return RealSync::CompareExchange(word, expected, desired);
  }
  static int64_t Load(const int64_t* word) {
    Step();
    return RealSync::Load(word);
  }
  static void Store(int64_t* word, int64_t value) {
    Step();
    RealSync::Store(word, value);
  }
  static bool CompareExchange(int64_t* word, int64_t* expected, int64_t desired) {
    Step();
    return RealSync::CompareExchange(word, expected, desired);
  }
};

}  // namespace fuzz
