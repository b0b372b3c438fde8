#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "arena.h"
#include "attachment_table.h"
#include "hold_notes.h"
#include "ledger.h"
#include "lock_table.h"
#include "pool.h"
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
  using Attachment = AttachmentTable::Entry;

  static constexpr uint32_t kNobody = UINT32_MAX;

  // The mutex the thread is blocked on in a sync wait that has no timeout. The arena is for the thread itself: another
  // may find it left by the time that it looks.
  struct Blocked {
    Arena* arena = nullptr;
    uint32_t offset = 0;
    const int32_t* cell = nullptr;
    uint32_t generation = 0;
    uint64_t order = 0;  // the later it began, the greater
    Waiter<S>* waiter = nullptr;
  };

  // `locks` is null where there are none.
  Participant(Room<S>* room, Waker* waker, LockTable<S>* locks = nullptr)
      : room_(room), thread_(new Thread<S>(waker)), locks_(locks), lock_client_(thread_) {}
  ~Participant() { thread_->Unref(); }

  Thread<S>* thread() const { return thread_; }
  LockClient<S>* lock_client() { return &lock_client_; }

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
    member.ledger.GiveAll(member.arena);
    Lock lock(table_mutex_);
    member.arena->joined--;
    member = {};
    return true;
  }

  // A copy is gone: it has no waits. What the ledger says that it holds stays held, until the thread ends. Calls
  // left(index) for each arena that the thread has left with that.
  template <class F>
  void Lose(uint32_t copy, F left) {
    attachments_.ForEach([&](uint32_t id, Attachment& attachment) {
      if (attachment.copy != copy) return;
      if (!Detach(id)) attachment.copy = kNobody;
    });
    for (uint32_t index = 0; index < members_.size(); index++) {
      if (LeaveArena(index, copy)) left(index);
    }
  }

  Arena* ArenaAt(uint32_t index) const { return index < members_.size() ? members_[index].arena : nullptr; }

  // Attaches the thread to a cell, with a ledger for the kinds that have owners. kNoRoom: the arena's memory must grow
  // first, for the ledger.
  enum class Attached { kOk, kRefused, kNoRoom };
  Attached Attach(uint32_t index, uint32_t offset, int32_t kind, uint32_t generation, uint32_t* id, uint32_t copy = 0) {
    return AttachTo(index, kind, copy, id, [&](uint32_t* to, uint32_t* of) {
      *to = offset;
      *of = generation;
      return members_[index].arena->Attach(offset, kind, generation) == Arena::Check::kOk;
    });
  }

  // The same for whatever cell `find(&offset, &generation)` finds and attaches; false when it finds none.
  template <class F>
  Attached AttachTo(uint32_t index, int32_t kind, uint32_t copy, uint32_t* id, F find) {
    Member& member = members_[index];
    uint32_t slot = 0, offset = 0, generation = 0;
    if (kind <= kRwLock) {
      slot = member.ledger.Take(member.arena);
      if (slot == 0) return Attached::kNoRoom;
    }
    AtPoint("attaching");
    if (!find(&offset, &generation)) {
      if (slot != 0) member.ledger.Give(member.arena, slot);
      return Attached::kRefused;
    }
    AtPoint("attached");
    Lock lock(table_mutex_);
    member.attached++;
    *id = attachments_.Add({.arena = member.arena,
                            .member = index,
                            .offset = offset,
                            .slot_offset = slot,
                            .generation = generation,
                            .kind = kind,
                            .copy = copy});
    return Attached::kOk;
  }

  Attachment* At(uint32_t id) { return attachments_.At(id); }

  // Lets go of a cell. Refused while the thread waits for it or holds permits of it: its death gives those back.
  bool Detach(uint32_t id) {
    Attachment& attachment = *attachments_.At(id);
    Member& member = members_[attachment.member];
    if (attachment.waits != 0) return false;
    if (attachment.slot_offset != 0) {
      if (S::Load(attachment.slot()) != 0) return false;
      member.ledger.Give(member.arena, attachment.slot_offset);
    }
    attachment.arena->Detach(attachment.offset);
    member.attached--;
    Lock lock(table_mutex_);
    holds_.DropAllOf(&attachment);
    attachments_.Remove(id);
    return true;
  }

  // A waiter for the attached cell. It is the caller's until EndWait.
  Waiter<S>* NewWait(Attachment* attachment, int32_t want, Role role, bool sync) {
    const uint32_t index = waiters_.Add();
    Waiter<S>* waiter = waiters_.At(index);
    waiter->index = index;
    waiter->thread = thread_;
    waiter->waits = &attachment->waits;
    waiter->cell = attachment->cell();
    waiter->slot = attachment->slot();
    waiter->want = want;
    waiter->writes = attachment->kind == kRwLock && want == kMaxPermits;
    waiter->role = role;
    waiter->sync = sync;
    waiter->copy = attachment->copy;
    ++*waiter->waits;
    thread_->waiters.PushBack(waiter);
    return waiter;
  }

  // Null when there is none.
  Waiter<S>* WaiterAt(uint32_t index) { return waiters_.At(index); }

  void EndWait(Waiter<S>* waiter) {
    static_cast<InThread*>(waiter)->Unlink();
    --*waiter->waits;
    waiters_.Remove(waiter->index);
  }

  // Notes where permits were acquired that the ledger counts by now. 0 when that is not noted.
  HoldNotes::Id NoteHold(uint32_t id, int32_t permits, std::string_view stack) {
    Attachment* attachment = attachments_.At(id);
    if (attachment == nullptr || attachment->slot_offset == 0 || permits <= 0) return 0;
    // Then what is noted of others was given back: JavaScript was torn out before it said so.
    const bool alone = S::Load(attachment->slot()) <= permits;
    Lock lock(table_mutex_);
    if (alone) holds_.DropAllOf(attachment);
    return holds_.Add(attachment, permits, stack, S::Nanoseconds());
  }

  // See HoldNotes.
  HoldNotes::Id SplitHold(HoldNotes::Id id, int32_t permits) {
    Lock lock(table_mutex_);
    return holds_.Split(id, permits);
  }
  void MergeHolds(HoldNotes::Id into, HoldNotes::Id other) {
    Lock lock(table_mutex_);
    holds_.Merge(into, other);
  }
  void DropHold(HoldNotes::Id id) {
    Lock lock(table_mutex_);
    holds_.Drop(id);
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

  // Calls f(attachment, holds) for what there is among `most` entries from `from` on. Returns from where to go on; 0 at
  // the end.
  template <class F>
  uint32_t ForSomeAttachments(uint32_t from, uint32_t most, F f) {
    Lock lock(table_mutex_);
    return attachments_.ForSome(from, most, [&](uint32_t, const Attachment& attachment) { f(attachment, holds_); });
  }

  // Whether the thread holds permits of a cell.
  bool Holds(const int32_t* cell) {
    Lock lock(table_mutex_);
    bool holds = false;
    attachments_.ForEachOf(cell, [&](const Attachment& attachment) {
      if (attachment.slot_offset != 0 && S::Load(attachment.slot()) > 0) holds = true;
    });
    return holds;
  }

  Blocked blocked_on() {
    Lock lock(table_mutex_);
    return blocked_on_;
  }

  // The arena and the name of what it is blocked on, if it still is.
  std::pair<uint64_t, std::string> BlockedPlace() {
    Lock lock(table_mutex_);
    Arena* arena = blocked_on_.arena;
    if (arena == nullptr) return {};
    return {arena->id(), arena->NameOf(blocked_on_.offset)};
  }

  // Whether it still is in the wait of this order, and nobody has decided that.
  bool StandsInQueue(uint64_t order) {
    Lock lock(table_mutex_);
    return blocked_on_.order == order && room_->StandsInQueue(blocked_on_.waiter);
  }

  void SetBlockedOn(const Blocked& blocked) {
    Lock lock(table_mutex_);
    blocked_on_ = blocked;
  }

  // For tests: what the books take.
  struct Size {
    std::size_t waiters, attachments, buckets, lines, holds;
  };
  Size size() const {
    std::size_t lines = 0;
    for (const Member& member : members_) lines += member.ledger.lines();
    return {waiters_.chunks(), attachments_.chunks(), attachments_.buckets(), lines, holds_.size()};
  }

  // The thread ends, and is in the roster no more:
  //   1. its waits leave their queues, and what they had been granted and nobody saw goes to the next;
  //   2. what the ledger says it holds is given back;
  //   3. every cell it was attached to is looked at again, for a release of its that was cut off half way;
  //   4. its Web Locks go to the next, and its requests are dropped;
  //   5. no signal reaches its waker any more.
  // The cells are handed back last: until then the memory is this thread's to touch.
  void Die() {
    while (Waiter<S>* waiter = thread_->waiters.front()) {
      room_->Leave(waiter);
      EndWait(waiter);
    }
    attachments_.ForEach([&](uint32_t, const Attachment& attachment) {
      room_->Recover(attachment.cell(), attachment.slot(), attachment.kind);
      if (attachment.party) room_->LoseParty(attachment.cell(), attachment.life);
    });
    if (locks_ != nullptr) locks_->Die(&lock_client_);
    AtPoint("retiring");
    thread_->Retire();
    AtPoint("retired");
    attachments_.ForEach([](uint32_t, const Attachment& attachment) { attachment.arena->Detach(attachment.offset); });
    holds_.Clear();
    attachments_.Clear();
    for (Member& member : members_) {
      if (member.arena == nullptr) continue;
      member.ledger.GiveAll(member.arena);
      member.arena->joined--;
    }
    members_.clear();
  }

 private:
  struct Member {
    Arena* arena = nullptr;  // null while this entry is free
    uint32_t attached = 0;
    std::vector<uint32_t> copies;  // that have joined it
    Ledger ledger;
  };

  Room<S>* room_;
  Thread<S>* thread_;
  LockTable<S>* const locks_;
  LockClient<S> lock_client_;
  typename S::Mutex table_mutex_;  // this thread changes the next three under it, and reads them without
  Blocked blocked_on_;
  std::vector<Member> members_;
  AttachmentTable attachments_;
  Pool<Waiter<S>> waiters_;
  HoldNotes holds_;  // changed under table_mutex_, too
};

}  // namespace efd
