#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "attachment_table.h"
#include "pool.h"

namespace efd {

// Where permits were acquired that a thread holds, of those of its attachments that somebody wants that of: a note for
// each hold, a list of several for one that was made of several. What is said of them is no more than that: the ledger
// alone knows what is held.
//
// It does not grow without bound: of what comes when there are `kMost` notes, and of a longer stack than `kLongest`
// bytes the rest, nothing is noted. A stack is kept once, from however many holds.
class HoldNotes {
 public:
  static constexpr uint32_t kMost = 4096;
  static constexpr std::size_t kLongest = 2048;

  using Text = std::shared_ptr<const std::string>;

  // What is noted of a hold, or of the part of one that was acquired there; after Grouped(), of all that were.
  struct Noted {
    Text stack;
    int32_t permits;
    int64_t since;  // the earliest, by S::Nanoseconds()
    int32_t holds = 1;
  };

  // One for each stack, those first that have been held for longest.
  static std::vector<Noted> Grouped(std::vector<Noted> noted) {
    std::sort(noted.begin(), noted.end(), [](const Noted& a, const Noted& b) { return a.stack < b.stack; });
    std::vector<Noted> groups;
    for (Noted& each : noted) {
      if (groups.empty() || groups.back().stack != each.stack) {
        groups.push_back(std::move(each));
        continue;
      }
      Noted& group = groups.back();
      group.permits += each.permits;
      group.holds++;
      group.since = std::min(group.since, each.since);
    }
    std::sort(groups.begin(), groups.end(), [](const Noted& a, const Noted& b) { return a.since < b.since; });
    return groups;
  }

  // A note by its place and by a number that is never used again, so that an old name does not mean a later note. 0 is
  // none.
  using Id = uint64_t;

  HoldNotes() = default;
  HoldNotes(const HoldNotes&) = delete;
  HoldNotes& operator=(const HoldNotes&) = delete;

  Id Add(AttachmentTable::Entry* of, int32_t permits, std::string_view stack, int64_t now) {
    if (count_ == kMost) return 0;
    return Link(of, permits, SiteOf(Cut(stack)), now);
  }

  // Some permits of a hold become another, which was acquired where they were: those that were merged into it first,
  // and of the first note what is left to take. 0 when none is noted, or there are as many as may be.
  Id Split(Id id, int32_t permits) {
    Note* first = At(id);
    if (first == nullptr || permits <= 0) return 0;
    Id part = 0;
    const auto take = [&](uint32_t index) {
      if (part != 0) return Chain(part, index);
      notes_.At(index)->first = true;
      part = IdOf(index);
    };
    while (permits > 0 && first->more != kNone) {
      const uint32_t index = first->more;
      Note& note = *notes_.At(index);
      if (note.permits > permits) break;
      permits -= note.permits;
      first->more = std::exchange(note.more, kNone);
      take(index);
    }
    if (permits == 0) return part;
    Note& from = first->more == kNone ? *first : *notes_.At(first->more);
    // Of some of its permits nothing may be noted: then they go first.
    if (&from == first) permits = std::min(permits, first->permits - 1);
    if (permits <= 0) return part;
    from.permits -= permits;
    if (count_ < kMost) {
      from.site->second.uses++;
      take(IndexOf(Link(from.of, permits, from.site, from.since)));
    }
    return part;
  }

  // What is noted of the other is noted of this.
  void Merge(Id into, Id other) {
    const Note *to = At(into), *from = At(other);
    if (to == from || to == nullptr || from == nullptr || to->of != from->of) return;
    Chain(into, IndexOf(other));
  }

  // The hold has no permits any more.
  void Drop(Id id) {
    if (At(id) == nullptr) return;
    for (uint32_t index = IndexOf(id); index != kNone;) index = Unlink(index);
  }

  // Of an attachment nothing is held, or nothing that was noted.
  void DropAllOf(AttachmentTable::Entry* of) {
    while (of->holds != kNone) Unlink(of->holds);
  }

  void Clear() {
    notes_.Clear();
    sites_.clear();
    count_ = 0;
  }

  // Of the permits that an attachment holds, the latest first: for no more than `held`, since who gives back is taken
  // off here a moment later.
  void CopyTo(const AttachmentTable::Entry& of, int32_t held, std::vector<Noted>* to) const {
    for (uint32_t index = of.holds; index != kNone && held > 0; index = notes_.At(index)->next) {
      const Note& note = *notes_.At(index);
      const int32_t permits = note.permits < held ? note.permits : held;
      held -= permits;
      to->push_back({note.site->second.text, permits, note.since});
    }
  }

  // For tests.
  std::size_t size() const { return count_; }
  std::size_t sites() const { return sites_.size(); }

 private:
  static constexpr uint32_t kNone = AttachmentTable::kNone;

  struct Site {
    Text text;
    uint32_t uses = 0;
  };
  using Sites = std::unordered_map<std::string_view, Site>;
  // Nodes stay where they are, whatever else comes and goes.
  using SiteRef = Sites::value_type*;

  struct Note {
    AttachmentTable::Entry* of;
    int32_t permits;
    SiteRef site;
    int64_t since;
    uint64_t number;
    bool first = true;      // the one that a hold is named by
    uint32_t more = kNone;  // the next of the same hold
    uint32_t prev = kNone;  // of the same attachment: later ones
    uint32_t next = kNone;  // ... earlier ones
  };

  static uint32_t IndexOf(Id id) { return static_cast<uint32_t>(id % kMost); }
  Id IdOf(uint32_t index) const { return notes_.At(index)->number * kMost + index; }

  Note* At(Id id) const {
    Note* note = notes_.At(IndexOf(id));
    return note != nullptr && note->first && note->number == id / kMost ? note : nullptr;
  }

  // No longer than may be, and no character of UTF-8 in halves.
  static std::string_view Cut(std::string_view stack) {
    if (stack.size() <= kLongest) return stack;
    std::size_t length = kLongest;
    while (length > 0 && (static_cast<unsigned char>(stack[length]) & 0xC0) == 0x80) length--;
    return stack.substr(0, length);
  }

  SiteRef SiteOf(std::string_view stack) {
    auto at = sites_.find(stack);
    if (at == sites_.end()) {
      const auto text = std::make_shared<const std::string>(stack);
      at = sites_.emplace(std::string_view(*text), Site{text}).first;
    }
    at->second.uses++;
    return &*at;
  }

  // The site is counted.
  Id Link(AttachmentTable::Entry* of, int32_t permits, SiteRef site, int64_t since) {
    const uint32_t index = notes_.Add(
        Note{.of = of, .permits = permits, .site = site, .since = since, .number = ++last_number_, .next = of->holds});
    if (of->holds != kNone) notes_.At(of->holds)->prev = index;
    of->holds = index;
    count_++;
    return IdOf(index);
  }

  // Returns the next of the hold.
  uint32_t Unlink(uint32_t index) {
    const Note note = *notes_.At(index);
    if (note.next != kNone) notes_.At(note.next)->prev = note.prev;
    (note.prev == kNone ? note.of->holds : notes_.At(note.prev)->next) = note.next;
    notes_.Remove(index);
    count_--;
    if (--note.site->second.uses == 0) {
      const Text kept = note.site->second.text;  // the key lies in it
      sites_.erase(note.site->first);
    }
    return note.more;
  }

  // Puts a hold's notes behind the first of another's.
  void Chain(Id into, uint32_t other) {
    uint32_t last = other;
    while (notes_.At(last)->more != kNone) last = notes_.At(last)->more;
    notes_.At(last)->more = std::exchange(At(into)->more, other);
    notes_.At(other)->first = false;
  }

  Pool<Note> notes_;
  Sites sites_;
  uint32_t count_ = 0;
  uint64_t last_number_ = 0;
};

}  // namespace efd
