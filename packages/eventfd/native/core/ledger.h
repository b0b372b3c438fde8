#pragma once

#include <cstdint>
#include <map>
#include <set>

#include "arena.h"

namespace efd {

// A thread's ledger in an arena: the words that count what it holds, one for each attachment. They lie in lines of
// their own, so that threads do not write into each other's; a line goes back to the arena when no word of it is in
// use.
class Ledger {
 public:
  // A word that says 0, by its offset; 0 when the memory must grow first.
  uint32_t Take(Arena* arena) {
    if (roomy_.empty()) {
      const uint32_t line = arena->AllocateLedgerLine();
      if (line == 0) return 0;
      lines_[line] = 0;
      roomy_.insert(line);
    }
    const uint32_t line = *roomy_.begin();
    uint16_t& used = lines_[line];
    const int word = __builtin_ctz(~static_cast<uint32_t>(used));
    used = static_cast<uint16_t>(used | 1u << word);
    if (used == kFull) roomy_.erase(line);
    return line + static_cast<uint32_t>(word) * 4;
  }

  // It says 0 again.
  void Give(Arena* arena, uint32_t slot) {
    const uint32_t line = slot / Arena::kLine * Arena::kLine;
    uint16_t& used = lines_[line];
    if (used == kFull) roomy_.insert(line);
    used = static_cast<uint16_t>(used & ~(1u << (slot - line) / 4));
    // One with room stays: else the next would take it again.
    if (used != 0 || roomy_.size() < 2) return;
    roomy_.erase(line);
    lines_.erase(line);
    arena->FreeLedgerLine(line);
  }

  void GiveAll(Arena* arena) {
    for (const auto& [line, used] : lines_) arena->FreeLedgerLine(line);
    lines_.clear();
    roomy_.clear();
  }

  std::size_t lines() const { return lines_.size(); }

 private:
  static constexpr uint16_t kFull = UINT16_MAX;

  std::map<uint32_t, uint16_t> lines_;  // by offset: a bit for each word in use
  std::set<uint32_t> roomy_;            // those with one to spare
};

}  // namespace efd
