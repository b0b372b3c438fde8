#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "arena.h"
#include "pool.h"

namespace efd {

// A thread's attachments, by number and by cell.
class AttachmentTable {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  // A thread's use of a cell. `slot` counts the permits the thread holds; the fast path writes it.
  struct Entry {
    Arena* arena = nullptr;
    uint32_t member = 0;  // index of the arena
    uint32_t offset = 0;  // of the cell
    uint32_t slot_offset = 0;
    uint32_t generation = 0;
    int32_t kind = kNoKind;
    uint32_t copy = 0;      // whose it is; Participant's kNobody once that is gone and permits are still held
    bool party = false;     // the thread has waited at this barrier, and breaks it by ending,
    int32_t life = 0;       // ... in this life of it
    uint32_t waits = 0;     // of this thread, for this cell
    uint32_t prev = kNone;  // in the same bucket
    uint32_t next = kNone;
    uint32_t holds = kNone;  // what is noted of them; HoldNotes

    int32_t* cell() const { return arena->At(offset); }
    int32_t* slot() const { return slot_offset == 0 ? nullptr : arena->At(slot_offset); }
  };

  uint32_t Add(const Entry& entry) {
    const uint32_t id = pool_.Add(entry);
    count_++;
    if (count_ > buckets_.size()) {
      Rehash(buckets_.size() * 4);
    } else {
      Link(id);
    }
    return id;
  }

  void Remove(uint32_t id) {
    const Entry& entry = *pool_.At(id);
    if (entry.next != kNone) pool_.At(entry.next)->prev = entry.prev;
    (entry.prev == kNone ? BucketOf(entry.cell()) : pool_.At(entry.prev)->next) = entry.next;
    pool_.Remove(id);
    count_--;
    if (buckets_.size() > kFewest && count_ < buckets_.size() / 16) Rehash(buckets_.size() / 4);
  }

  // Null when there is none.
  Entry* At(uint32_t id) const { return pool_.At(id); }

  // Calls f(entry) for the attachments to a cell.
  template <class F>
  void ForEachOf(const int32_t* cell, F f) const {
    for (uint32_t id = BucketOf(cell); id != kNone;) {
      const Entry& entry = *pool_.At(id);
      id = entry.next;
      if (entry.cell() == cell) f(entry);
    }
  }

  // As Pool's.
  template <class F>
  uint32_t ForSome(uint32_t from, uint32_t most, F f) const {
    return pool_.ForSome(from, most, f);
  }
  template <class F>
  void ForEach(F f) const {
    pool_.ForEach(f);
  }

  void Clear() {
    pool_.Clear();
    buckets_.assign(kFewest, kNone);
    count_ = 0;
  }

  // For tests: what the table takes, and how far a search by cell may have to go.
  std::size_t chunks() const { return pool_.chunks(); }
  std::size_t buckets() const { return buckets_.size(); }
  int longest() const {
    int longest = 0;
    for (uint32_t id : buckets_) {
      int length = 0;
      for (; id != kNone; id = pool_.At(id)->next) length++;
      longest = std::max(longest, length);
    }
    return longest;
  }

 private:
  static constexpr std::size_t kFewest = 16;

  // A power of two of them; see ParkingLot for the hash.
  const uint32_t& BucketOf(const int32_t* cell) const {
    const uint64_t hash = reinterpret_cast<uintptr_t>(cell) / Arena::kLine * 0x9E3779B97F4A7C15ull;
    return buckets_[hash >> (64 - __builtin_ctzll(buckets_.size()))];
  }
  uint32_t& BucketOf(const int32_t* cell) { return const_cast<uint32_t&>(std::as_const(*this).BucketOf(cell)); }

  void Link(uint32_t id) {
    Entry& entry = *pool_.At(id);
    uint32_t& bucket = BucketOf(entry.cell());
    entry.prev = kNone;
    entry.next = bucket;
    if (bucket != kNone) pool_.At(bucket)->prev = id;
    bucket = id;
  }

  void Rehash(std::size_t buckets) {
    buckets_ = std::vector<uint32_t>(buckets, kNone);
    pool_.ForEach([&](uint32_t id, Entry&) { Link(id); });
  }

  Pool<Entry> pool_;
  std::vector<uint32_t> buckets_ = std::vector<uint32_t>(kFewest, kNone);
  std::size_t count_ = 0;
};

}  // namespace efd
