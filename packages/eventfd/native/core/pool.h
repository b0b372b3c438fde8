#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <set>
#include <utility>
#include <vector>

#include "pages.h"

namespace efd {

// Things by number, at addresses that stay. They lie in chunks, which are made when they are needed and given back when
// nothing is left in them, so that what a burst took does not stay. The lowest chunk with room is filled first.
template <class T>
class Pool {
 public:
  static constexpr uint32_t kChunk = 64;

  Pool() = default;
  ~Pool() { Clear(); }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // The number of a new thing.
  template <class... A>
  uint32_t Add(A&&... arguments) {
    if (roomy_.empty()) roomy_.insert(NewChunk());
    const uint32_t index = *roomy_.begin();
    Chunk& chunk = chunks_[index];
    const auto at = static_cast<uint32_t>(__builtin_ctzll(~chunk.used));
    new (chunk.Place(at)) T{std::forward<A>(arguments)...};
    chunk.used |= Bit(at);
    if (chunk.used == kFull) roomy_.erase(index);
    return index * kChunk + at;
  }

  void Remove(uint32_t number) {
    const uint32_t index = number / kChunk, at = number % kChunk;
    Chunk& chunk = chunks_[index];
    chunk.At(at)->~T();
    if (chunk.used == kFull) roomy_.insert(index);
    chunk.used &= ~Bit(at);
    // The first stays, and one with room: else the next would make it again.
    if (chunk.used == 0 && index > 0 && roomy_.size() > 1) DropChunk(index);
  }

  // Null when there is none.
  T* At(uint32_t number) const {
    const uint32_t index = number / kChunk, at = number % kChunk;
    return index < chunks_.size() && (chunks_[index].used & Bit(at)) != 0 ? chunks_[index].At(at) : nullptr;
  }

  // Calls f(number, thing) for what there is among `most` numbers from `from` on. Returns from where to go on; 0 at the
  // end. f may remove the thing.
  template <class F>
  uint32_t ForSome(uint32_t from, uint32_t most, F f) const {
    uint32_t number = from;
    for (; number < from + most && number / kChunk < chunks_.size(); number++) {
      if (T* thing = At(number)) f(number, *thing);
    }
    return number / kChunk < chunks_.size() ? number : 0;
  }
  template <class F>
  void ForEach(F f) const {
    for (uint32_t from = 0; (from = ForSome(from, kChunk, f)) != 0;) {
    }
  }

  void Clear() {
    ForEach([](uint32_t, T& thing) { thing.~T(); });
    for (uint32_t index = 0; index < chunks_.size(); index++) Free(index);
    chunks_.clear();
    chunks_.shrink_to_fit();
    roomy_.clear();
    gone_.clear();
  }

  // For tests: how many chunks there are, and places for them.
  std::size_t chunks() const { return chunks_.size() - gone_.size(); }
  std::size_t places() const { return chunks_.capacity(); }

 private:
  static constexpr uint64_t kFull = UINT64_MAX;
  static constexpr std::size_t kBytes = kChunk * sizeof(T);

  struct Chunk {
    std::byte* memory = nullptr;  // null when it was given back
    uint64_t used = 0;            // a bit for each place

    void* Place(uint32_t at) const { return memory + at * sizeof(T); }
    T* At(uint32_t at) const { return std::launder(reinterpret_cast<T*>(Place(at))); }
  };

  static constexpr uint64_t Bit(uint32_t at) { return uint64_t{1} << at; }

  uint32_t NewChunk() {
    auto index = static_cast<uint32_t>(chunks_.size());
    if (gone_.empty()) {
      chunks_.emplace_back();
    } else {
      index = *gone_.begin();
      gone_.erase(gone_.begin());
    }
    // Most threads never need more than the first. Of the others the kernel is to have the pages again, whatever else
    // the heap holds beside them.
    void* memory = index == 0 ? ::operator new(kBytes, std::align_val_t{alignof(T)}) : Pages::Map(kBytes);
    chunks_[index].memory = static_cast<std::byte*>(memory);
    return index;
  }

  void Free(uint32_t index) {
    std::byte* memory = std::exchange(chunks_[index].memory, nullptr);
    if (memory == nullptr) return;
    index == 0 ? ::operator delete(memory, std::align_val_t{alignof(T)}) : Pages::Unmap(memory, kBytes);
  }

  void DropChunk(uint32_t index) {
    Free(index);
    roomy_.erase(index);
    gone_.insert(index);
    while (!chunks_.empty() && chunks_.back().memory == nullptr) {
      chunks_.pop_back();
      gone_.erase(static_cast<uint32_t>(chunks_.size()));
    }
    if (chunks_.capacity() > 64 && chunks_.size() < chunks_.capacity() / 4) chunks_.shrink_to_fit();
  }

  std::vector<Chunk> chunks_;
  std::set<uint32_t> roomy_;  // chunks that are not full
  std::set<uint32_t> gone_;   // chunks that were given back, below the last one
};

}  // namespace efd
