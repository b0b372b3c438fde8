#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "arena.h"

namespace efd {

// What a named object was made with, and what somebody who opens it wants it to be made with.
struct NamedSpec {
  int32_t kind = kNoKind;
  int32_t flags = 0;
  int32_t permits = 0;
  int32_t max = 0;
  int32_t max_waiting = -1;
  int32_t aging = kDefaultAging;
  uint32_t over = 0;  // the named mutex of a condition
  uint32_t over_generation = 0;

  bool operator==(const NamedSpec&) const = default;
};

// The process's named objects: which cell a name stands for, and what it was made with. The cells lie in an arena of
// the table's own, whose memory no JavaScript reaches, so that every thread can join it, whoever came first.
//
// A cell is there as long as anybody is attached to it: a thread that has it open, holds it or waits for it is, and so
// is, to its mutex, a condition. Who lets go last frees it, and the name stands for nothing. Open() attaches under the
// same lock under which the last one is seen to be the last, so nobody is given a cell that is being freed:
//
//   opens                            lets go (also Participant::Die)
//   -----                            -------
//   lock the table                   lock the table
//   the name is known: attach        nobody is attached any more: forget the name, free the cell
//   else make a cell, attach         unlock
//   unlock
//
// A mutex (or a lock for readers and writers) whose owner died is kept when nobody has it open, so that the next owner
// is told: an orphan. There are so many of them at most; then the oldest is forgotten.
//
// Lock order: the table's, then the arena's.
template <class S>
class Names final : public Arena::Keeper {
  using Lock = typename S::Lock;

 public:
  // How the memory grows, within what is reserved for it; false when there is no more.
  using Commit = bool (*)(void* base, std::size_t bytes);

  struct Found {
    NamedSpec spec;
    uint32_t offset = 0;
    uint32_t generation = 0;
  };

  static constexpr std::size_t kMostOrphans = 1024;

  enum class Opened { kOk, kNotFound, kMismatch, kNoRoom, kMutexGone };

  // `bytes` of the memory are there, of `reserved` at most.
  Names(uint8_t* base, std::size_t bytes, std::size_t reserved, uint64_t addon_id, Commit commit)
      : bytes_(bytes), reserved_(reserved), commit_(commit), arena_(new Arena(base, bytes, addon_id, kArenaId)) {
    arena_->SetKeeper(this);
  }
  // The process's is never destroyed.
  ~Names() { arena_->Unref(); }
  Names(const Names&) = delete;
  Names& operator=(const Names&) = delete;

  Arena* arena() const { return arena_; }

  // The object of the name, attached for the caller's thread. `found` says what it was made with, also on kMismatch.
  // Unless it is to be `exact`, whatever is there of that kind will do. `label`, the name for people, is for an object
  // that is made; null makes none, and gives kNotFound.
  Opened Open(std::u16string_view name, const NamedSpec& wanted, bool exact, const std::string* label, Found* found) {
    Lock lock(mutex_);
    if (const auto it = by_name_.find(name); it != by_name_.end()) {
      *found = it->second;
      if (exact ? found->spec == wanted : found->spec.kind == wanted.kind) {
        arena_->Count(found->offset, found->spec.kind, found->generation);
        return Opened::kOk;
      }
      if (arena_->Users(found->offset) > 0) return Opened::kMismatch;
      if (label != nullptr) Erase(found->offset);
    }
    if (label == nullptr) return Opened::kNotFound;
    const uint32_t offset = arena_->AllocateCell(wanted.kind, wanted.flags, wanted.permits, wanted.max, *label,
                                                 wanted.max_waiting, wanted.aging);
    if (offset == 0) return Opened::kNoRoom;
    *found = {wanted, offset, static_cast<uint32_t>(arena_->At(offset)[kGeneration])};
    if (wanted.over != 0 && arena_->Count(wanted.over, kMutex, wanted.over_generation) != Arena::Check::kOk) {
      arena_->Dispose(offset, wanted.kind, found->generation);
      return Opened::kMutexGone;
    }
    arena_->Count(offset, wanted.kind, found->generation);
    by_offset_[offset] = &*by_name_.emplace(name, *found).first;
    return Opened::kOk;
  }

  // From a handle, which may be older than the object that is there now.
  Arena::Check Attach(uint32_t offset, int32_t kind, uint32_t generation) override {
    Lock lock(mutex_);
    return arena_->Count(offset, kind, generation);
  }

  void Detach(uint32_t offset) override {
    Lock lock(mutex_);
    Release(offset);
  }

  // The name that the cell goes by, for who is attached to it.
  std::u16string NameOf(uint32_t offset) {
    Lock lock(mutex_);
    const auto it = by_offset_.find(offset);
    return it == by_offset_.end() ? std::u16string() : it->second->first;
  }

  // Makes the memory longer, unless somebody did meanwhile. False when it is as long as it may be.
  bool Grow() {
    Lock lock(mutex_);
    if (arena_->HasRoom()) return true;
    const std::size_t bytes = std::min(bytes_ * 2, reserved_);
    if (bytes == bytes_ || !commit_(arena_->base(), bytes)) return false;
    bytes_ = bytes;
    arena_->SetBytes(bytes);
    return true;
  }

  // For tests: how many there are.
  std::size_t count() {
    Lock lock(mutex_);
    return by_name_.size();
  }

 private:
  // Those of JavaScript count from 1.
  static constexpr uint64_t kArenaId = 0;

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::u16string_view name) const { return std::hash<std::u16string_view>()(name); }
  };
  using Table = std::unordered_map<std::u16string, Found, Hash, std::equal_to<>>;

  void Release(uint32_t offset) {
    if (arena_->Uncount(offset) == 0) Forget(offset);
  }

  // Nobody has it any more.
  void Forget(uint32_t offset) {
    const auto it = by_offset_.find(offset);
    if (it == by_offset_.end()) return;
    if ((S::Load(arena_->At(offset) + kFlags) & kAbandoned) == 0) return Erase(offset);
    orphans_.push_back({offset, it->second->second.generation});
    if (orphans_.size() <= kMostOrphans) return;
    const auto [oldest, generation] = orphans_.front();
    orphans_.pop_front();
    // It may have found an owner since, and may be gone.
    const auto orphan = by_offset_.find(oldest);
    const bool is_there = orphan != by_offset_.end() && orphan->second->second.generation == generation;
    if (is_there && arena_->Users(oldest) == 0) Erase(oldest);
  }

  void Erase(uint32_t offset) {
    const auto it = by_offset_.find(offset);
    const Found found = it->second->second;
    by_name_.erase(by_name_.find(it->second->first));
    by_offset_.erase(it);
    arena_->Dispose(offset, found.spec.kind, found.generation);
    if (found.spec.over != 0) Release(found.spec.over);
    // The tables grow by themselves, and do not shrink by themselves.
    if (by_name_.bucket_count() > 1024 && by_name_.size() < by_name_.bucket_count() / 8) {
      by_name_.rehash(0);
      by_offset_.rehash(0);
    }
  }

  std::size_t bytes_;
  const std::size_t reserved_;
  const Commit commit_;
  Arena* const arena_;
  typename S::Mutex mutex_;
  Table by_name_;
  struct Orphan {
    uint32_t offset;
    uint32_t generation;
  };
  std::deque<Orphan> orphans_;  // the oldest first; also some that have found an owner
  std::unordered_map<uint32_t, std::pair<const std::u16string, Found>*> by_offset_;
};

}  // namespace efd
