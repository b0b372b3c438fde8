#pragma once

#include <algorithm>
#include <atomic>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "participant.h"

namespace efd {

struct HolderInfo {
  int thread;
  int32_t permits;
  std::vector<HoldNotes::Noted> acquired;  // where, as far as that is noted
};

struct ObjectInfo {
  uint64_t arena;
  uint32_t offset;
  uint32_t generation;
  int32_t kind;
  std::string name;
  int32_t free;
  int32_t total;
  int32_t flags;
  int32_t max_waiting;  // negative: as many as come
  int32_t aging;        // negative: never
  int32_t max;
  double interval;  // of a rate, in milliseconds
  std::vector<HolderInfo> holders;
  std::vector<WaiterInfo> waiters;
};

// One step of a deadlock: this thread waits for this object, which the next step's thread holds.
struct DeadlockStep {
  int thread;
  uint64_t arena;
  uint32_t offset;
  uint32_t generation;
  std::string name;
};

// The process's participants: who looks at the whole picture finds them here. Locks nest in this order: the roster's, a
// participant's table, an arena's or a bucket's.
//
// Whoever looks stops nobody for long: a look at everything goes in steps, and between two of them it holds no lock. So
// what it remembers from the step before may be gone: a participant is found again by its number, an arena is touched
// only under the table's lock of somebody who has joined it, and a cell is told from a later one in its place by its
// generation.
template <class S>
class Roster {
  using Lock = typename S::Lock;

 public:
  void Add(Participant<S>* participant) {
    Wanted wanted(this);
    Lock lock(mutex_);
    entries_.push_back({++last_number_, participant});
  }

  // After this no other thread touches the participant, or memory through it.
  void Remove(Participant<S>* participant) {
    Wanted wanted(this);
    Lock lock(mutex_);
    entries_.erase(std::find_if(entries_.begin(), entries_.end(),
                                [&](const Entry& entry) { return entry.participant == participant; }));
  }

  // Every live object in the arenas of the process's threads. A picture of moments that lie close together: nobody is
  // stopped for it.
  std::vector<ObjectInfo> Inspect(Room<S>* room) {
    Lock one_at_a_time(inspecting_);
    std::map<uint64_t, ArenaRef> arenas;
    std::vector<Hold> holds;
    FindHolds(&arenas, &holds);
    // Of one object in the order of the threads.
    std::stable_sort(holds.begin(), holds.end(), [](const Hold& a, const Hold& b) { return a.cell() < b.cell(); });
    for (Hold& hold : holds) hold.holder.acquired = HoldNotes::Grouped(std::move(hold.holder.acquired));
    std::vector<ObjectInfo> objects;
    for (const auto& [id, arena] : arenas) InspectArena(arena, room, holds, &objects);
    return objects;
  }

  // The cycle of threads, each waiting for the next, that `self` closed when it blocked on a mutex; empty when there is
  // none. All of them are blocked in sync waits without a timeout, so it would last for ever. The thread that blocked
  // last is told of it, and no other.
  std::vector<DeadlockStep> FindDeadlock(Participant<S>* self) {
    const uint64_t order = self->blocked_on().order;
    if (order == 0) return {};
    Wanted wanted(this);
    Lock lock(mutex_);
    Search search{self, order, {}, {}};
    if (!LeadsToSelf(self, &search)) return {};
    return search.steps;
  }

  // For Participant::Blocked.
  uint64_t NextOrder() { return last_order_.fetch_add(1) + 1; }

 private:
  // Entries of a table that are looked at in a step, and lines of an arena.
  static constexpr uint32_t kStep = 128;

  struct Entry {
    uint64_t number;
    Participant<S>* participant;
  };

  // A thread waits for the roster's lock, which is to go to it and not back to whoever inspects. A hint: nothing
  // depends on it.
  struct Wanted {
    explicit Wanted(Roster* roster) : roster(roster) { roster->wanted_.fetch_add(1, std::memory_order_relaxed); }
    ~Wanted() { roster->wanted_.fetch_sub(1, std::memory_order_relaxed); }
    Roster* const roster;
  };

  void BetweenSteps() {
    S::LetOthersRun();
    for (int i = 0; i < 1000 && wanted_.load(std::memory_order_relaxed) > 0; i++) S::LetOthersRun();
  }

  struct Hold {
    uint64_t arena;
    uint32_t offset;
    uint32_t generation;
    HolderInfo holder;

    auto cell() const { return std::tie(arena, offset, generation); }
  };

  // Who holds what, and the arenas that somebody has joined.
  void FindHolds(std::map<uint64_t, ArenaRef>* arenas, std::vector<Hold>* holds) {
    const auto note_arena = [&](Arena* arena) {
      if (arenas->count(arena->id()) == 0) arenas->emplace(arena->id(), ArenaRef(arena));
    };
    uint64_t number = 0;  // of the participant that is looked at
    uint32_t from = 0;    // ... from here on; 0: it is the next one's turn
    for (;; BetweenSteps()) {
      Lock lock(mutex_);
      auto entry = std::lower_bound(entries_.begin(), entries_.end(), number,
                                    [](const Entry& entry, uint64_t number) { return entry.number < number; });
      if (from == 0 && entry != entries_.end() && entry->number == number) ++entry;
      if (entry == entries_.end()) return;
      if (entry->number != number) from = 0;  // that one has ended meanwhile
      number = entry->number;
      Participant<S>* participant = entry->participant;
      if (from == 0) participant->ForEachArena(note_arena);
      from = participant->ForSomeAttachments(from, kStep, [&](const auto& attachment, const HoldNotes& noted) {
        const int32_t held = attachment.slot() == nullptr ? 0 : S::Load(attachment.slot());
        if (held == 0) return;
        note_arena(attachment.arena);
        holds->push_back({attachment.arena->id(), attachment.offset, attachment.generation,
                          HolderInfo{participant->thread()->id, held, {}}});
        noted.CopyTo(attachment, held, &holds->back().holder.acquired);
      });
    }
  }

  // The objects of an arena, as long as anybody uses it. `holds` is in the order of the cells.
  void InspectArena(Arena* arena, Room<S>* room, const std::vector<Hold>& holds, std::vector<ObjectInfo>* objects) {
    std::size_t line = 0;
    auto hold = std::lower_bound(holds.begin(), holds.end(), arena->id(),
                                 [](const Hold& hold, uint64_t id) { return hold.arena < id; });
    do {
      struct Cell {
        std::size_t waiters_left;
        bool live;
        ObjectInfo object;
      };
      std::vector<Cell> cells;
      const bool joined = WhileJoined(arena, [&] {
        line = arena->ForSomeCells(line, kStep, [&](uint32_t offset, uint32_t generation, int32_t kind, auto& name) {
          cells.push_back({0, true, {arena->id(), offset, generation, kind, name, 0, 0, 0, -1, -1, 0, 0, {}, {}}});
        });
        std::size_t waiters = kStep;
        for (Cell& each : cells) {
          ObjectInfo& object = each.object;
          each.waiters_left = room->BeginLook(arena->At(object.offset), waiters, &object.waiters);
          waiters -= object.waiters.size();
          each.live =
              arena->WhileLive(object.offset, object.kind, each.object.generation, [&] { LookAt(arena, &object); });
        }
      });
      if (!joined) return;
      for (Cell& each : cells) {
        while (each.waiters_left > 0) {
          BetweenSteps();
          each.waiters_left =
              room->GoOnLooking(arena->At(each.object.offset), each.waiters_left, kStep, &each.object.waiters);
        }
        // As it would be their turn.
        std::stable_sort(each.object.waiters.begin(), each.object.waiters.end(),
                         [](const WaiterInfo& a, const WaiterInfo& b) { return a.rank < b.rank; });
        // Let go of since: who was seen to wait may wait for its successor.
        if (!each.live || !arena->WhileLive(each.object.offset, each.object.kind, each.object.generation, [] {}))
          continue;
        const auto cell = std::tuple(arena->id(), each.object.offset, each.object.generation);
        while (hold != holds.end() && hold->cell() < cell) ++hold;
        for (; hold != holds.end() && hold->cell() == cell; ++hold) each.object.holders.push_back(hold->holder);
        objects->push_back(std::move(each.object));
      }
      BetweenSteps();
    } while (line != 0);
  }

  // The words of a cell, which is not used anew meanwhile.
  static void LookAt(Arena* arena, ObjectInfo* object) {
    int32_t* cell = arena->At(object->offset);
    object->free = FreePermits(S::Peek(cell + kState));
    object->total = S::Peek(cell + kTotal);
    object->flags = S::Peek(cell + kFlags);
    object->max_waiting = S::Peek(cell + kMaxWaiting);
    object->aging = S::Peek(cell + kAging);
    object->max = S::Peek(cell + kMax);
    if (object->kind != kRateLimit) return;
    object->free = Rate<S>::Available(cell, Rate<S>::Now());
    object->interval = Rate<S>::Interval(cell);
  }

  // Calls f() while somebody has joined the arena. False when nobody has.
  template <class F>
  bool WhileJoined(const Arena* arena, F f) {
    Lock lock(mutex_);
    return std::any_of(entries_.begin(), entries_.end(),
                       [&](const Entry& entry) { return entry.participant->WhileJoined(arena, f); });
  }

  struct Search {
    Participant<S>* self;
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
    const auto [arena, name] = thread->BlockedPlace();
    search->steps.push_back({thread->thread()->id, arena, blocked.offset, blocked.generation, name});
    for (const Entry& entry : entries_) {
      Participant<S>* other = entry.participant;
      // Who runs lets go of what it holds.
      if (other != search->self && other->blocked_on().cell == nullptr) continue;
      if (!WaitsFor(thread, blocked, other)) continue;
      if (other != search->self && !LeadsToSelf(other, search)) continue;
      if (WaitsFor(thread, blocked, other)) return true;
    }
    search->steps.pop_back();
    return false;
  }

  // Whether the thread is in that wait until `other` runs, which holds the mutex. Promises of blocked threads are in
  // nobody's way: they are passed over, and have nothing that they have not seen (Room::BeginBlocking).
  static bool WaitsFor(Participant<S>* thread, const typename Participant<S>::Blocked& blocked, Participant<S>* other) {
    return thread->blocked_on().order == blocked.order && other->Holds(blocked.cell) &&
           thread->StandsInQueue(blocked.order);
  }

  typename S::Mutex inspecting_;
  typename S::Mutex mutex_;
  std::vector<Entry> entries_;  // by number
  uint64_t last_number_ = 0;
  std::atomic<int> wanted_{0};
  typename S::template Atomic<uint64_t> last_order_{0};
};

}  // namespace efd
