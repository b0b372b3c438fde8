#pragma once

#include <algorithm>
#include <map>
#include <mutex>
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
// participant's table, an arena's. A bucket's is taken under the roster's alone.
template <class S>
class Roster {
 public:
  void Add(Participant<S>* participant) {
    std::lock_guard lock(mutex_);
    participants_.push_back(participant);
  }

  // After this no other thread touches the participant, or memory through it.
  void Remove(Participant<S>* participant) {
    std::lock_guard lock(mutex_);
    participants_.erase(std::find(participants_.begin(), participants_.end(), participant));
  }

  // Every live object in the arenas of the process's threads. A picture of moments that lie close together: nobody is
  // stopped for it.
  std::vector<ObjectInfo> Inspect(Room<S>* room) {
    std::lock_guard lock(mutex_);
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

  // The cycle that `self`, blocked on a mutex, closes; empty when there is none. All its threads are blocked in sync
  // waits without a timeout, so it would last for ever. Called once it has waited for a while.
  //
  // The picture is sound although nobody is stopped: `self` runs here, so what it holds does not change; so the thread
  // that waits for that is waiting, so what it holds does not change; and so on round the cycle. `self` is taken out of
  // the picture when a cycle is found, so one thread alone is told of it.
  std::vector<DeadlockStep> FindDeadlock(Participant<S>* self) {
    std::lock_guard lock(mutex_);
    std::vector<DeadlockStep> steps;
    Participant<S>* waiting = self;
    while (steps.size() <= participants_.size()) {
      const auto blocked = waiting->blocked_on();
      if (blocked.cell == nullptr) return {};
      steps.push_back({waiting->thread()->id, blocked.offset, blocked.arena->NameOf(blocked.offset)});
      Participant<S>* owner = OwnerOf(blocked.cell);
      if (owner == nullptr) return {};
      if (owner == self) {
        self->SetBlockedOn({});
        return steps;
      }
      waiting = owner;
    }
    return {};  // a cycle of others
  }

 private:
  Participant<S>* OwnerOf(const int32_t* cell) {
    Participant<S>* owner = nullptr;
    for (Participant<S>* participant : participants_) {
      participant->ForEachAttachment([&](const auto& attachment) {
        if (attachment.cell() == cell && S::Load(attachment.slot()) > 0) owner = participant;
      });
    }
    return owner;
  }

  std::mutex mutex_;
  std::vector<Participant<S>*> participants_;
};

}  // namespace efd
