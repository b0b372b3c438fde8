#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "arena.h"
#include "room.h"

namespace efd {

// One thread's part in the waiting room: the arenas it has joined, the cells it is attached to with its ledger, and its
// live waiters. Only the thread itself calls it. Die() gives everything back.
//
// A thread may run several copies of the JavaScript, which come and go. What each has joined and attached is noted by
// its number, so that Lose() ends that with the copy; the rest (ledgers, waits, the death) is the thread's.
template <class S>
class Participant {
  using Lock = typename S::Lock;

 public:
  // A thread's use of a cell. `slot` counts the permits the thread holds; the fast path writes it.
  struct Attachment {
    Arena* arena = nullptr;  // null while this entry is free
    uint32_t member = 0;     // index of the arena
    uint32_t offset = 0;     // of the cell
    uint32_t slot_offset = 0;
    uint32_t generation = 0;
    int32_t kind = kNoKind;
    bool party = false;  // the thread has waited at this barrier, and breaks it by ending,
    int32_t life = 0;    // ... in this life of it
    uint32_t waits = 0;  // of this thread, for this cell
    uint32_t copy = 0;   // whose it is; kNobody once that is gone and permits are still held

    int32_t* cell() const { return arena->At(offset); }
    int32_t* slot() const { return slot_offset == 0 ? nullptr : arena->At(slot_offset); }
  };

  static constexpr uint32_t kNobody = UINT32_MAX;

  // The mutex the thread is blocked on in a sync wait that has no timeout. The arena is for the thread itself: another
  // may find it left by the time that it looks.
  struct Blocked {
    Arena* arena = nullptr;
    uint32_t offset = 0;
    const int32_t* cell = nullptr;
    uint64_t order = 0;  // the later it began, the greater
  };

  Participant(Room<S>* room, Waker* waker) : room_(room), thread_(new Thread<S>(waker)) {}
  ~Participant() { thread_->Unref(); }

  Thread<S>* thread() const { return thread_; }

  // Returns the arena's index in this thread, and whether it is new to it. However often a copy joins, it has joined.
  uint32_t Join(Arena* arena, bool* is_new, uint32_t copy = 0) {
    uint32_t index = 0;
    while (index < members_.size() && members_[index].arena != arena) index++;
    *is_new = index == members_.size();
    if (*is_new) {
      Lock lock(table_mutex_);
      index = 0;
      while (index < members_.size() && members_[index].arena != nullptr) index++;
      if (index == members_.size()) members_.emplace_back();
      members_[index].arena = arena;
      arena->joined++;
    }
    std::vector<uint32_t>& copies = members_[index].copies;
    if (std::find(copies.begin(), copies.end(), copy) == copies.end()) copies.push_back(copy);
    return index;
  }

  // The copy will not touch the arena's memory any more, except through cells it is attached to. True when the thread
  // has left the arena, see LeaveIfUnused.
  bool LeaveArena(uint32_t index, uint32_t copy = 0) {
    if (ArenaAt(index) == nullptr) return false;
    std::vector<uint32_t>& copies = members_[index].copies;
    copies.erase(std::remove(copies.begin(), copies.end(), copy), copies.end());
    return LeaveIfUnused(index);
  }

  // Leaves an arena that no copy has joined, and that the thread is attached to no cell of. True when it has left: it
  // will not touch the memory any more.
  bool LeaveIfUnused(uint32_t index) {
    if (ArenaAt(index) == nullptr || members_[index].attached > 0 || !members_[index].copies.empty()) return false;
    Member& member = members_[index];
    for (uint32_t line : member.ledger_lines) member.arena->FreeLedgerLine(line);
    Lock lock(table_mutex_);
    member.arena->joined--;
    member = {};
    return true;
  }

  // A copy is gone: it has no waits. What the ledger says that it holds stays held, until the thread ends. Calls
  // left(index) for each arena that the thread has left with that.
  template <class F>
  void Lose(uint32_t copy, F left) {
    for (uint32_t id = 0; id < attachments_.size(); id++) {
      if (attachments_[id].arena == nullptr || attachments_[id].copy != copy) continue;
      if (!Detach(id)) attachments_[id].copy = kNobody;
    }
    for (uint32_t index = 0; index < members_.size(); index++) {
      if (LeaveArena(index, copy)) left(index);
    }
  }

  Arena* ArenaAt(uint32_t index) const { return index < members_.size() ? members_[index].arena : nullptr; }

  // Attaches the thread to a cell, with a ledger for the kinds that have owners. kNoRoom: the arena's memory must grow
  // first, for the ledger.
  enum class Attached { kOk, kRefused, kNoRoom };
  Attached Attach(uint32_t index, uint32_t offset, int32_t kind, uint32_t generation, uint32_t* id, uint32_t copy = 0) {
    Member& member = members_[index];
    uint32_t slot = 0;
    if (kind <= kRwLock) {
      slot = TakeSlot(&member);
      if (slot == 0) return Attached::kNoRoom;
    }
    AtPoint("attaching");
    if (member.arena->Attach(offset, kind, generation) != Arena::Check::kOk) {
      if (slot != 0) member.free_slots.push_back(slot);
      return Attached::kRefused;
    }
    AtPoint("attached");
    Lock lock(table_mutex_);
    if (free_attachments_.empty()) {
      free_attachments_.push_back(static_cast<uint32_t>(attachments_.size()));
      attachments_.emplace_back();
    }
    *id = free_attachments_.back();
    free_attachments_.pop_back();
    member.attached++;
    attachments_[*id] = {member.arena, index, offset, slot, generation, kind, false, 0, 0, copy};
    return Attached::kOk;
  }

  Attachment* At(uint32_t id) {
    return id < attachments_.size() && attachments_[id].arena != nullptr ? &attachments_[id] : nullptr;
  }

  // Lets go of a cell. Refused while the thread waits for it or holds permits of it: its death gives those back.
  bool Detach(uint32_t id) {
    Attachment& attachment = attachments_[id];
    if (attachment.waits != 0) return false;
    if (attachment.slot_offset != 0) {
      if (S::Load(attachment.slot()) != 0) return false;
      members_[attachment.member].free_slots.push_back(attachment.slot_offset);
    }
    attachment.arena->Detach(attachment.offset);
    members_[attachment.member].attached--;
    Lock lock(table_mutex_);
    attachment.arena = nullptr;
    free_attachments_.push_back(id);
    return true;
  }

  // A waiter for the attached cell. It is the caller's until EndWait.
  Waiter<S>* NewWait(Attachment* attachment, int32_t want, Role role, bool sync) {
    if (free_waiters_.empty()) {
      free_waiters_.push_back(static_cast<uint32_t>(waiters_.size()));
      waiters_.emplace_back();
      waiters_.back().index = static_cast<uint32_t>(waiters_.size() - 1);
    }
    Waiter<S>* waiter = &waiters_[free_waiters_.back()];
    free_waiters_.pop_back();
    waiter->thread = thread_;
    waiter->waits = &attachment->waits;
    waiter->cell = attachment->cell();
    waiter->slot = attachment->slot();
    waiter->want = want;
    waiter->role = role;
    waiter->sync = sync;
    waiter->ref = false;
    waiter->copy = attachment->copy;
    waiter->outcome = Outcome::kWaiting;
    ++*waiter->waits;
    thread_->waiters.PushBack(waiter);
    return waiter;
  }

  Waiter<S>* WaiterAt(uint32_t index) {
    return index < waiters_.size() && static_cast<InThread*>(&waiters_[index])->linked() ? &waiters_[index] : nullptr;
  }

  void EndWait(Waiter<S>* waiter) {
    static_cast<InThread*>(waiter)->Unlink();
    --*waiter->waits;
    free_waiters_.push_back(waiter->index);
  }

  // The rest, up to SetBlockedOn, is for other threads too, through the roster, and in short steps: the thread waits
  // for whoever looks.

  template <class F>
  void ForEachArena(F f) {
    Lock lock(table_mutex_);
    for (const Member& member : members_) {
      if (member.arena != nullptr) f(member.arena);
    }
  }

  // Calls f() if the thread has joined the arena. It does not leave meanwhile, so the memory is there.
  template <class F>
  bool WhileJoined(const Arena* arena, F f) {
    Lock lock(table_mutex_);
    for (const Member& member : members_) {
      if (member.arena != arena) continue;
      f();
      return true;
    }
    return false;
  }

  // Calls f(attachment) for what there is among `most` entries from `from` on. Returns from where to go on; 0 at the
  // end.
  template <class F>
  std::size_t ForSomeAttachments(std::size_t from, std::size_t most, F f) {
    Lock lock(table_mutex_);
    const std::size_t end = std::min(from + most, attachments_.size());
    for (std::size_t i = from; i < end; i++) {
      if (attachments_[i].arena != nullptr) f(attachments_[i]);
    }
    return end == attachments_.size() ? 0 : end;
  }

  template <class F>
  void ForEachAttachment(F f) {
    Lock lock(table_mutex_);
    for (const Attachment& attachment : attachments_) {
      if (attachment.arena != nullptr) f(attachment);
    }
  }

  Blocked blocked_on() {
    Lock lock(table_mutex_);
    return blocked_on_;
  }

  // The name of what it is blocked on, if it still is.
  std::string BlockedName() {
    Lock lock(table_mutex_);
    return blocked_on_.arena == nullptr ? std::string() : blocked_on_.arena->NameOf(blocked_on_.offset);
  }

  void SetBlockedOn(const Blocked& blocked) {
    Lock lock(table_mutex_);
    blocked_on_ = blocked;
  }

  // The thread ends, and is in the roster no more:
  //   1. its waits leave their queues, and what they had been granted and nobody saw goes to the next;
  //   2. what the ledger says it holds is given back;
  //   3. every cell it was attached to is looked at again, for a release of its that was cut off half way;
  //   4. no signal reaches its waker any more.
  // The cells are handed back last: until then the memory is this thread's to touch.
  void Die() {
    while (Waiter<S>* waiter = thread_->waiters.front()) {
      room_->Leave(waiter);
      EndWait(waiter);
    }
    for (Attachment& attachment : attachments_) {
      if (attachment.arena == nullptr) continue;
      room_->Recover(attachment.cell(), attachment.slot(), attachment.kind);
      if (attachment.party) room_->LoseParty(attachment.cell(), attachment.life);
    }
    AtPoint("retiring");
    thread_->Retire();
    AtPoint("retired");
    for (Attachment& attachment : attachments_) {
      if (attachment.arena != nullptr) attachment.arena->Detach(attachment.offset);
    }
    for (Member& member : members_) {
      for (uint32_t line : member.ledger_lines) member.arena->FreeLedgerLine(line);
      if (member.arena != nullptr) member.arena->joined--;
    }
    attachments_.clear();
    members_.clear();
  }

 private:
  struct Member {
    Arena* arena = nullptr;  // null while this entry is free
    uint32_t attached = 0;
    std::vector<uint32_t> copies;        // that have joined it
    std::vector<uint32_t> ledger_lines;  // whole lines, so that threads do not write into each other's
    std::vector<uint32_t> free_slots;
  };

  static uint32_t TakeSlot(Member* member) {
    if (member->free_slots.empty()) {
      const uint32_t line = member->arena->AllocateLedgerLine();
      if (line == 0) return 0;
      member->ledger_lines.push_back(line);
      for (uint32_t at = Arena::kLine; at > 0; at -= 4) member->free_slots.push_back(line + at - 4);
    }
    const uint32_t slot = member->free_slots.back();
    member->free_slots.pop_back();
    return slot;
  }

  Room<S>* room_;
  Thread<S>* thread_;
  typename S::Mutex table_mutex_;  // this thread changes the next three under it, and reads them without
  Blocked blocked_on_;
  std::vector<Member> members_;
  std::deque<Attachment> attachments_;
  std::vector<uint32_t> free_attachments_;
  std::deque<Waiter<S>> waiters_;
  std::vector<uint32_t> free_waiters_;
};

}  // namespace efd
