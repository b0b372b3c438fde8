#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "participant.h"

namespace efd {

struct HolderInfo {
  int thread;
  int32_t permits;
};

struct ObjectInfo {
  uint64_t arena;
  uint32_t offset;
  int32_t kind;
  std::string name;
  int32_t free;
  int32_t total;
  int32_t flags;
  std::vector<HolderInfo> holders;
  std::vector<WaiterInfo> waiters;
};

// One step of a deadlock: this thread waits for this object, which the next step's thread holds.
struct DeadlockStep {
  int thread;
  uint32_t offset;
  std::string name;
};

// The process's participants: who looks at the whole picture finds them here. Locks nest in this order: the roster's, a
// participant's table, an arena's or a bucket's.
template <class S>
class Roster {
  using Lock = typename S::Lock;

 public:
  void Add(Participant<S>* participant) {
    Lock lock(mutex_);
    participants_.push_back(participant);
  }

  // After this no other thread touches the participant, or memory through it.
  void Remove(Participant<S>* participant) {
    Lock lock(mutex_);
    participants_.erase(std::find(participants_.begin(), participants_.end(), participant));
  }

  // Every live object in the arenas of the process's threads. A picture of moments that lie close together: nobody is
  // stopped for it.
  std::vector<ObjectInfo> Inspect(Room<S>* room) {
    Lock lock(mutex_);
    std::set<Arena*> arenas;
    std::map<const int32_t*, std::vector<HolderInfo>> holders;
    for (Participant<S>* participant : participants_) {
      participant->ForEachArena([&](Arena* arena) { arenas.insert(arena); });
      participant->ForEachAttachment([&](const auto& attachment) {
        const int32_t held = attachment.slot() == nullptr ? 0 : S::Load(attachment.slot());
        if (held != 0) holders[attachment.cell()].push_back({participant->thread()->id, held});
      });
    }
    std::vector<ObjectInfo> objects;
    for (Arena* arena : arenas) {
      arena->ForEachCell([&](uint32_t offset, int32_t kind, const std::string& name) {
        const int32_t* cell = arena->At(offset);
        objects.push_back({arena->id(),
                           offset,
                           kind,
                           name,
                           FreePermits(S::Load(cell + kState)),
                           S::Load(cell + kTotal),
                           S::Load(cell + kFlags),
                           holders[cell],
                           {}});
      });
      for (ObjectInfo& object : objects) {
        if (object.arena == arena->id()) object.waiters = room->WaitersOf(arena->At(object.offset));
      }
    }
    return objects;
  }

  // The cycle of threads, each waiting for the next, that `self` closed when it blocked on a mutex; empty when there is
  // none. All of them are blocked in sync waits without a timeout, so it would last for ever. The thread that blocked
  // last is told of it, and no other.
  std::vector<DeadlockStep> FindDeadlock(Participant<S>* self, Room<S>* room) {
    Lock lock(mutex_);
    Search search{self, room, self->blocked_on().order, {}, {}};
    if (!LeadsToSelf(self, &search)) return {};
    return search.steps;
  }

  // For Participant::Blocked.
  uint64_t NextOrder() { return last_order_.fetch_add(1) + 1; }

 private:
  struct Search {
    Participant<S>* self;
    Room<S>* room;
    uint64_t order;  // of self's wait
    std::set<Participant<S>*> seen;
    std::vector<DeadlockStep> steps;
  };

  // Whether a blocked thread waits, itself or through others, for `self`; depth first. `steps` is the way there.
  //
  // Nobody is stopped for it, so what has been seen of a thread may not be so any more. But `self` runs here, so it
  // lets go of nothing; so who waits for it stays blocked, and lets go of nothing; and so on from the end of the way to
  // its beginning. So each step is looked at once more when it is known that what it leads to stands still.
  bool LeadsToSelf(Participant<S>* thread, Search* search) {
    const auto blocked = thread->blocked_on();
    if (blocked.cell == nullptr || blocked.order > search->order || !search->seen.insert(thread).second) return false;
    search->steps.push_back({thread->thread()->id, blocked.offset, blocked.arena->NameOf(blocked.offset)});
    for (Participant<S>* other : participants_) {
      if (!WaitsFor(thread, blocked, other, search->room)) continue;
      if (other != search->self && !LeadsToSelf(other, search)) continue;
      if (WaitsFor(thread, blocked, other, search->room)) return true;
    }
    search->steps.pop_back();
    return false;
  }

  // Whether the thread is in that wait until `other` runs: which holds the mutex, or which is blocked itself while a
  // promise of its own comes first.
  static bool WaitsFor(Participant<S>* thread, const typename Participant<S>::Blocked& blocked, Participant<S>* other,
                       Room<S>* room) {
    if (thread->blocked_on().order != blocked.order) return false;
    bool waits = false;
    other->ForEachAttachment([&](const auto& attachment) {
      if (attachment.cell() == blocked.cell && S::Load(attachment.slot()) > 0) waits = true;
    });
    if (waits) return room->StandsInQueue(blocked.cell, thread->thread());
    other->ForEachWaitWhileBlocked([&](Waiter<S>* w) {
      if (w->sync || w->cell != blocked.cell) return;
      if (room->StandsInQueue(blocked.cell, thread->thread(), w)) waits = true;
    });
    return waits;
  }

  typename S::Mutex mutex_;
  std::vector<Participant<S>*> participants_;
  typename S::template Atomic<uint64_t> last_order_{0};
};

}  // namespace efd
