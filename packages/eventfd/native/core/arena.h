#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "words.h"

namespace efd {

// Shared memory that cells and ledgers are allocated from, a line of 64 bytes at a time. What is allocated is written
// down here and not in the memory, which anybody may scribble over: no offset is used before it was checked here.
class Arena {
 public:
  static constexpr uint32_t kLine = 64;

  enum class Check { kOk, kNotACell, kOtherKind, kStale };

  // `generation`: how often each line is to count as used already, for tests.
  Arena(uint8_t* base, std::size_t bytes, uint64_t addon_id, uint64_t id, uint32_t generation = 0)
      : base_(base), id_(id), first_generation_(generation) {
    SetBytes(bytes);
    auto* header = reinterpret_cast<Header*>(base);
    // The first word stays 0: an empty "held" counter for who has none.
    header->magic = kMagic;
    header->addon_id = addon_id;
    header->id = id;
    lines_.emplace_back();
  }

  // The identity in the header of memory that somebody says is an arena.
  struct Header {
    uint32_t zero;
    uint32_t magic;
    uint64_t addon_id;
    uint64_t id;
  };
  static constexpr uint32_t kMagic = 0x45464431;  // "EFD1", the layout's version included

  // Whoever names the arena while its threads may leave it keeps its books by this; ArenaRef does. It does not keep the
  // memory: that is there as long as a participant of the roster has joined the arena, and cannot leave meanwhile.
  void Ref() { refs_.fetch_add(1); }
  void Unref() {
    if (refs_.fetch_sub(1) == 1) delete this;
  }

  uint8_t* base() const { return base_; }
  uint64_t id() const { return id_; }
  // How many threads have joined it, for Arenas.
  std::atomic<int> joined{0};

  int32_t* At(uint32_t offset) const { return reinterpret_cast<int32_t*>(base_ + offset); }

  // The memory has grown, or was seen to be this long; it never shrinks.
  void SetBytes(std::size_t bytes) {
    std::lock_guard lock(mutex_);
    if (bytes > bytes_) bytes_ = bytes;
  }

  // Whether a line can be allocated without growing the memory.
  bool HasRoom() {
    std::lock_guard lock(mutex_);
    return first_free_ != 0 || EndOfNewLine() <= bytes_;
  }

  // Whether a word at this offset lies in the memory.
  bool Contains(uint32_t offset) const { return offset % 4 == 0 && std::size_t{offset} + kCellBytes <= bytes_; }

  // A new cell's offset; 0 when the memory must grow first. `max_waiting`: how many may stand in its queue; negative:
  // as many as come. `aging`: see kAging.
  uint32_t AllocateCell(int32_t kind, int32_t flags, int32_t permits, int32_t max, const std::string& name,
                        int32_t max_waiting = -1, int32_t aging = kDefaultAging) {
    std::lock_guard lock(mutex_);
    const uint32_t offset = Allocate();
    if (offset == 0) return 0;
    Line& line = lines_[offset / kLine];
    line.kind = kind;
    line.generation++;
    if (!name.empty()) names_[offset] = name;
    int32_t* cell = At(offset);
    for (int word = 0; word < kCellBytes / 4; word++) cell[word] = 0;
    cell[kFlags] = flags;
    cell[kTotal] = kind == kBarrier ? max : permits;
    cell[kMax] = max;
    cell[kKind] = kind;
    cell[kGeneration] = static_cast<int32_t>(line.generation);
    cell[kMaxWaiting] = max_waiting;
    cell[kAging] = aging;
    __atomic_store_n(cell + kState, AsState(permits), __ATOMIC_SEQ_CST);
    return offset;
  }

  Check CheckCell(uint32_t offset, int32_t kind, uint32_t generation) {
    std::lock_guard lock(mutex_);
    return CheckLocked(offset, kind, generation);
  }

  // Who is asked, where cells are not disposed of but end with their last user; see names.h.
  class Keeper {
   public:
    virtual Check Attach(uint32_t offset, int32_t kind, uint32_t generation) = 0;
    virtual void Detach(uint32_t offset) = 0;

   protected:
    ~Keeper() = default;
  };
  // Before anybody else knows the arena.
  void SetKeeper(Keeper* keeper) { keeper_ = keeper; }
  bool has_keeper() const { return keeper_ != nullptr; }

  // Calls f() while the cell cannot be used anew. False when it has been let go of.
  template <class F>
  bool WhileLive(uint32_t offset, int32_t kind, uint32_t generation, F f) {
    std::lock_guard lock(mutex_);
    if (CheckLocked(offset, kind, generation) != Check::kOk) return false;
    f();
    return true;
  }

  // A thread uses the cell from now on: it is not reused before that thread lets go.
  Check Attach(uint32_t offset, int32_t kind, uint32_t generation) {
    return keeper_ != nullptr ? keeper_->Attach(offset, kind, generation) : Count(offset, kind, generation);
  }

  void Detach(uint32_t offset) { keeper_ != nullptr ? keeper_->Detach(offset) : static_cast<void>(Uncount(offset)); }

  // The same without asking the keeper: for itself.
  Check Count(uint32_t offset, int32_t kind, uint32_t generation) {
    std::lock_guard lock(mutex_);
    const Check check = CheckLocked(offset, kind, generation);
    if (check == Check::kOk) lines_[offset / kLine].attached++;
    return check;
  }

  // How many still use the cell.
  uint32_t Uncount(uint32_t offset) {
    std::lock_guard lock(mutex_);
    Line& line = lines_[offset / kLine];
    const uint32_t left = --line.attached;
    FreeIfUnused(offset, line);
    return left;
  }

  // No handle attaches the cell any more. False when that was so already.
  bool Dispose(uint32_t offset, int32_t kind, uint32_t generation) {
    std::lock_guard lock(mutex_);
    if (CheckLocked(offset, kind, generation) != Check::kOk) return false;
    Line& line = lines_[offset / kLine];
    line.kind = kNoKind;
    ForgetName(offset);
    FreeIfUnused(offset, line);
    return true;
  }

  // How many use the cell.
  uint32_t Users(uint32_t offset) {
    std::lock_guard lock(mutex_);
    return lines_[offset / kLine].attached;
  }

  // A line for a thread's ledger, zeroed; 0 when the memory must grow first.
  uint32_t AllocateLedgerLine() {
    std::lock_guard lock(mutex_);
    const uint32_t offset = Allocate();
    for (int word = 0; offset != 0 && word < kCellBytes / 4; word++) At(offset)[word] = 0;
    return offset;
  }

  void FreeLedgerLine(uint32_t offset) {
    std::lock_guard lock(mutex_);
    Free(offset);
  }

  std::string NameOf(uint32_t offset) {
    std::lock_guard lock(mutex_);
    const auto it = names_.find(offset);
    return it == names_.end() ? std::string() : it->second;
  }

  // Calls f(offset, generation, kind, name) for the cells that are not disposed, of `most` lines from `from` on.
  // Returns from where to go on; 0 at the end.
  template <class F>
  std::size_t ForSomeCells(std::size_t from, std::size_t most, F f) {
    std::lock_guard lock(mutex_);
    const std::string unnamed;
    const std::size_t end = std::min(from + most, lines_.size());
    for (std::size_t i = from; i < end; i++) {
      if (lines_[i].kind == kNoKind) continue;
      const auto offset = static_cast<uint32_t>(i * kLine);
      const auto it = names_.find(offset);
      f(offset, lines_[i].generation, lines_[i].kind, it == names_.end() ? unnamed : it->second);
    }
    return end == lines_.size() ? 0 : end;
  }

  // For tests: what the books take, in bytes, beside the line of each cell. Roughly.
  std::size_t BytesBesideLines() {
    std::lock_guard lock(mutex_);
    return names_.bucket_count() * sizeof(void*) + names_.size() * 64;
  }

 private:
  struct Line {
    uint32_t generation = 0;  // of the last cell here
    union {
      uint32_t attached = 0;
      uint32_t next_free;  // the offset of the next line, while this one is free; 0 ends the list
    };
    int32_t kind = kNoKind;  // of a cell that handles can name; ledgers and free lines have none
  };

  Check CheckLocked(uint32_t offset, int32_t kind, uint32_t generation) const {
    if (offset % kLine != 0 || offset / kLine >= lines_.size()) return Check::kNotACell;
    const Line& line = lines_[offset / kLine];
    if (line.generation == 0) return Check::kNotACell;
    if (line.generation != generation || line.kind == kNoKind) return Check::kStale;
    return line.kind == kind ? Check::kOk : Check::kOtherKind;
  }

  uint32_t Allocate() {
    if (const uint32_t offset = first_free_) {
      Line& line = lines_[offset / kLine];
      first_free_ = line.next_free;
      line.attached = 0;
      return offset;
    }
    if (EndOfNewLine() > bytes_) return 0;
    lines_.push_back({first_generation_, {0}});
    return static_cast<uint32_t>((lines_.size() - 1) * kLine);
  }

  std::size_t EndOfNewLine() const { return (lines_.size() + 1) * kLine; }

  // A line that has had its last generation stays as it is: under the next one, old handles would be valid again.
  void FreeIfUnused(uint32_t offset, Line& line) {
    if (line.kind != kNoKind || line.attached > 0 || line.generation == UINT32_MAX) return;
    Free(offset);
  }

  void Free(uint32_t offset) {
    lines_[offset / kLine].next_free = first_free_;
    first_free_ = offset;
  }

  void ForgetName(uint32_t offset) {
    if (names_.erase(offset) == 0) return;
    // Its table grows by itself, and does not shrink by itself.
    if (names_.bucket_count() > 1024 && names_.size() < names_.bucket_count() / 8) names_.rehash(0);
  }

  uint8_t* const base_;
  const uint64_t id_;
  const uint32_t first_generation_;
  std::atomic<int> refs_{1};
  std::mutex mutex_;
  std::atomic<std::size_t> bytes_{0};
  std::deque<Line> lines_;  // it grows without being copied: others wait for the lock
  uint32_t first_free_ = 0;
  std::unordered_map<uint32_t, std::string> names_;
  Keeper* keeper_ = nullptr;
};

// Keeps the books of an arena.
class ArenaRef {
 public:
  ArenaRef() = default;
  explicit ArenaRef(Arena* arena) : arena_(arena) {
    if (arena_ != nullptr) arena_->Ref();
  }
  ArenaRef(ArenaRef&& other) noexcept : arena_(std::exchange(other.arena_, nullptr)) {}
  ArenaRef& operator=(ArenaRef&& other) noexcept {
    std::swap(arena_, other.arena_);
    return *this;
  }
  ~ArenaRef() {
    if (arena_ != nullptr) arena_->Unref();
  }

  operator Arena*() const { return arena_; }
  Arena* operator->() const { return arena_; }

 private:
  Arena* arena_ = nullptr;
};

// The process's arenas by address. What a thread joins it leaves at its end. An arena nobody has joined is kept here
// all the same: its memory may be on its way to another thread in a message, and the header tells whether what turns up
// at its address is still that memory.
class Arenas {
 public:
  // `is_mapped` says whether there is memory at an address.
  explicit Arenas(
      uint64_t addon_id, bool (*is_mapped)(const void* address) = [](const void*) { return true; })
      : addon_id_(addon_id), is_mapped_(is_mapped) {}
  ~Arenas() {
    for (const auto& [base, arena] : by_base_) arena->Unref();
  }
  Arenas(const Arenas&) = delete;
  Arenas& operator=(const Arenas&) = delete;

  // Null when the memory is none for an arena, or one already: a thread has joined it.
  ArenaRef Create(uint8_t* base, std::size_t bytes) {
    if (!Fits(base, bytes)) return {};
    std::lock_guard lock(mutex_);
    ForgetUnmapped();
    Arena*& arena = by_base_[base];
    if (arena != nullptr && arena->joined > 0) return {};
    // The memory that was at this address is gone. Somebody may be naming what was there, and let go of it last.
    if (arena != nullptr) arena->Unref();
    arena = new Arena(base, bytes, addon_id_, ++last_id_);
    return ArenaRef(arena);
  }

  // For tests: of how many there are books.
  std::size_t count() {
    std::lock_guard lock(mutex_);
    return by_base_.size();
  }

  enum class Found { kOk, kNoArena, kOtherAddon };

  // The memory is the caller's: it is there until this returns. What it says may change under the look.
  Found Find(uint8_t* base, std::size_t bytes, ArenaRef* arena) {
    if (!Fits(base, bytes)) return Found::kNoArena;
    const auto* header = reinterpret_cast<const Arena::Header*>(base);
    if (__atomic_load_n(&header->magic, __ATOMIC_RELAXED) != Arena::kMagic) return Found::kNoArena;
    if (__atomic_load_n(&header->addon_id, __ATOMIC_RELAXED) != addon_id_) return Found::kOtherAddon;
    const uint64_t id = __atomic_load_n(&header->id, __ATOMIC_RELAXED);
    std::lock_guard lock(mutex_);
    const auto it = by_base_.find(base);
    if (it == by_base_.end() || it->second->id() != id) return Found::kNoArena;
    it->second->SetBytes(bytes);
    *arena = ArenaRef(it->second);
    return Found::kOk;
  }

 private:
  static bool Fits(const uint8_t* base, std::size_t bytes) {
    return bytes >= Arena::kLine && reinterpret_cast<uintptr_t>(base) % alignof(Arena::Header) == 0;
  }

  // An arena whose memory is gone does not come back, in no message. What lies at its address may be something else by
  // now; then its books stay until that is gone, too, or becomes an arena.
  void ForgetUnmapped() {
    for (auto it = by_base_.begin(); it != by_base_.end();) {
      if (it->second->joined > 0 || is_mapped_(it->first)) {
        ++it;
      } else {
        it->second->Unref();
        it = by_base_.erase(it);
      }
    }
  }

  const uint64_t addon_id_;
  bool (*const is_mapped_)(const void* address);
  std::mutex mutex_;
  std::map<const uint8_t*, Arena*> by_base_;
  uint64_t last_id_ = 0;
};

}  // namespace efd
