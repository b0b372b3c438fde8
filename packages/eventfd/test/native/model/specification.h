#pragma once

#include <stdint.h>

#include <algorithm>
#include <vector>

#include "core/words.h"

// What a cell of each kind may do, said without locks, wake-ups or a state word: who waits, in which order, and who has
// what. It is what sequences.h holds the waiting room against.
namespace sequences {

struct Kind {
  int32_t kind = efd::kSemaphore;
  int32_t flags = 0;
  int32_t permits = 1;  // free at first
  int32_t max = efd::kMaxPermits;
  int32_t max_waiting = -1;  // negative: as many as come
  bool ages = true;          // who waits for a while counts one level higher

  bool has_ledger() const { return kind <= efd::kRwLock; }
  bool counts() const { return has_ledger() || kind == efd::kSignal; }  // what one gets is taken from the others
  bool fair() const { return (flags & efd::kFair) != 0; }
  bool auto_reset() const { return (flags & efd::kAutoReset) != 0; }
  bool gate() const { return kind == efd::kLatch || (kind == efd::kEvent && !auto_reset()); }
};

// Somebody who waits now and then: a thread, blocking, or a promise of it.
struct Slot {
  int thread;
  bool sync;
  int32_t want = 1;
  int priority = 0;
};

// Of a slot. Who was granted what it waits for, or refused, has not looked yet.
enum class Is : uint8_t { kIdle, kWaiting, kGranted, kRefused, kHolding };

class Specification {
 public:
  struct Thread {
    bool dead = false;
    bool elsewhere = false;     // blocked in a wait for something else
    bool blocking = false;      // ... or in its own
    bool owes_service = false;  // it has released, and has not come to serve the queue
    bool party = false;         // has waited at the barrier, in this life of it
    bool stopped() const { return elsewhere || blocking; }
  };

  // What is seen of a slot in the waiting room.
  struct Seen {
    Is is = Is::kIdle;
    bool woken = false;
  };

  Specification(const Kind& kind, const std::vector<Slot>& slots, std::size_t threads)
      : kind(kind),
        slots(slots),
        threads(threads),
        is(slots.size(), Is::kIdle),
        lost(slots.size(), false),
        since(slots.size(), 0),
        free(kind.kind == efd::kBarrier ? 0 : kind.permits),
        total(kind.permits) {}

  bool Waits(int slot) const { return is[At(slot)] == Is::kWaiting; }
  bool CanRun(int slot) const { return slots[At(slot)].sync || kind.gate() || !ThreadOf(slot).stopped(); }
  bool IsWriter(int slot) const {
    return kind.kind == efd::kRwLock && slots[At(slot)].sync && slots[At(slot)].want != 1;
  }
  bool IsOwed(int slot) const {
    return kind.fair() || (slots[At(slot)].want != 1 && !IsWriter(slot)) || lost[At(slot)];
  }
  int32_t Needs(int slot) const { return std::max(slots[At(slot)].want, 1); }
  const Thread& ThreadOf(int slot) const { return threads[At(slots[At(slot)].thread)]; }

  // The first that can run; -1: nobody.
  int Turn() const {
    int turn = -1;
    for (const int slot : queue) {
      if (CanRun(slot) && (turn < 0 || Outranks(slot, turn))) turn = slot;
    }
    return turn;
  }

  // Whether it comes before one that came earlier, or is of the same priority.
  bool Outranks(int slot, int earlier) const {
    const int levels = slots[At(slot)].priority - slots[At(earlier)].priority;
    if (levels == 0 || !kind.ages) return levels > 0;
    const int older = since[At(earlier)] - since[At(slot)];
    return older + levels > 0 || (older + levels == 0 && levels < 0);
  }

  // Whether who comes now is one too many: it is not served at once.
  bool Full(int slot) {
    if (kind.max_waiting < 0 || static_cast<int32_t>(queue.size()) < kind.max_waiting) return false;
    since[At(slot)] = now;
    return free < Needs(slot) || (Turn() >= 0 && !Outranks(slot, Turn()));
  }

  // Whether the fast path gives so many.
  bool MayTake(int32_t want) const { return !closed && free >= std::max(want, 1) && (Turn() < 0 || !IsOwed(Turn())); }

  // Operations: what they change before anybody is served.

  void Arrive(int slot) {
    is[At(slot)] = Is::kWaiting;
    lost[At(slot)] = false;
    since[At(slot)] = now;
    queue.push_back(slot);
    begun.push_back(slot);
    if (kind.kind != efd::kBarrier) return;
    threads[At(slots[At(slot)].thread)].party = true;
    if (static_cast<int32_t>(queue.size()) >= total) given = total;
  }
  void Put(int32_t permits) { free = std::min(free + permits, kind.max); }
  // It has looked.
  void See(int slot) {
    const bool holds = is[At(slot)] == Is::kGranted && kind.has_ledger();
    is[At(slot)] = holds ? Is::kHolding : Is::kIdle;
    begun.erase(std::find(begun.begin(), begun.end(), slot));
  }
  // An abort, a timeout or a death: what it got goes on.
  void Leave(int slot) {
    const Is was = is[At(slot)];
    is[At(slot)] = Is::kIdle;
    if (was != Is::kHolding) begun.erase(std::find(begun.begin(), begun.end(), slot));
    if (was == Is::kWaiting) queue.erase(std::find(queue.begin(), queue.end(), slot));
    if (was == Is::kWaiting && kind.kind == efd::kBarrier) refuses = broken = true;
    if (was != Is::kGranted && was != Is::kHolding) return;
    if (kind.counts()) Put(slots[At(slot)].want);
    if (kind.auto_reset() || kind.kind == efd::kCondition) given++;
  }
  void Die(int thread) {
    Thread& dies = threads[At(thread)];
    if (dies.party) refuses = broken = true;
    dies = Thread{};
    dies.dead = true;
    for (int slot = 0; slot < Count(); slot++) {
      if (slots[At(slot)].thread == thread && is[At(slot)] != Is::kIdle) Leave(slot);
    }
  }
  void Break(bool whole) {
    refuses = true;
    broken = !whole;
    if (!whole) return;
    for (Thread& thread : threads) thread.party = false;
  }

  // Who was served. Null, or what is wrong with it.
  const char* Settle(const std::vector<Seen>& seen) {
    if (const char* wrong = PutBack(seen)) return wrong;
    const std::vector<int> waited = queue;
    std::vector<bool> granted(slots.size(), false);
    const bool refused = closed || refuses || (broken && kind.kind == efd::kBarrier);
    if (kind.counts()) {
      for (int slot = Turn(); slot >= 0 && seen[At(slot)].is == Is::kGranted; slot = Turn()) {
        if (free < slots[At(slot)].want) return "granted what is not free";
        free -= slots[At(slot)].want;
        granted[At(slot)] = Grant(slot);
      }
      for (const int slot : waited) {
        const bool early = seen[At(slot)].is == Is::kGranted && !granted[At(slot)];
        if (early)
          return Highest(slot) ? "granted before one that came earlier" : "granted before one that outranks it";
      }
    } else if (kind.gate()) {
      for (const int slot : waited) granted[At(slot)] = free > 0 && Grant(slot);
    } else {
      for (; given > 0 && !queue.empty(); given--) {
        const int slot = Turn() < 0 ? queue.front() : Turn();
        granted[At(slot)] = Grant(slot);
      }
      if (kind.auto_reset() && given > 0) free = 1;
      if (kind.auto_reset() && free > 0 && !queue.empty()) {
        granted[At(queue.front())] = true;
        Grant(queue.front());
        free = 0;
      }
    }
    if (recalled > 0) {
      // Who waits was served before.
      if (const char* wrong = Idles(seen)) return wrong;
      free -= recalled;
      total -= recalled;
      recalled = 0;
    }
    given = 0;
    refuses = false;
    for (const int slot : waited) {
      const Is now = seen[At(slot)].is;
      if (granted[At(slot)] != (now == Is::kGranted)) return "not granted what is its, or granted what is not";
      if (now == Is::kGranted) continue;
      if ((now == Is::kRefused) != refused) return refused ? "waits still" : "refused";
      if (!refused) continue;
      is[At(slot)] = Is::kRefused;
      queue.erase(std::find(queue.begin(), queue.end(), slot));
    }
    return Idles(seen);
  }

  const Kind kind;
  const std::vector<Slot> slots;
  std::vector<Thread> threads;
  std::vector<Is> is;
  std::vector<bool> lost;  // was overtaken, and its patience is over
  std::vector<int> since;  // when each began to wait
  std::vector<int> queue;  // who waits, in order of arrival
  std::vector<int> begun;  // who waits or has not looked, in order of arrival
  int now = 0;             // how often it was that who waits counts one level higher
  int32_t free;
  int32_t total;
  int32_t given = 0;     // sets and notifications of this operation: they are for who waits now
  int32_t recalled = 0;  // taken away by this operation, after who waits was served
  bool refuses = false;  // this operation ends all waits
  bool closed = false;
  bool broken = false;

 private:
  static std::size_t At(int i) { return static_cast<std::size_t>(i); }
  int Count() const { return static_cast<int>(slots.size()); }

  // Whether nobody of another priority is before it.
  bool Highest(int slot) const { return slots[At(slot)].priority == slots[At(Turn())].priority; }

  bool Grant(int slot) {
    is[At(slot)] = Is::kGranted;
    queue.erase(std::find(queue.begin(), queue.end(), slot));
    return true;
  }

  // A thread that blocks gives back what is counted and what its promises have not seen, and they come first.
  const char* PutBack(const std::vector<Seen>& seen) {
    std::vector<int> back;
    for (const int slot : begun) {
      if (is[At(slot)] != Is::kGranted) continue;
      const bool returns = kind.counts() && !closed && !slots[At(slot)].sync && ThreadOf(slot).stopped();
      if (returns != (seen[At(slot)].is == Is::kWaiting)) {
        return returns ? "keeps what it has not seen, and cannot" : "what it was granted was taken back";
      }
      if (returns) back.push_back(slot);
    }
    for (const int slot : back) {
      Put(slots[At(slot)].want);
      is[At(slot)] = Is::kWaiting;
    }
    queue.insert(queue.begin(), back.begin(), back.end());
    return nullptr;
  }

  // Free, enough for the first that can run, which is neither granted nor woken: never, once all who gave have served.
  const char* Idles(const std::vector<Seen>& seen) const {
    if (kind.auto_reset() && free > 0 && !queue.empty()) return "an auto-reset event that is set has waiters";
    for (const Thread& thread : threads) {
      if (thread.owes_service) return nullptr;
    }
    const int turn = Turn();
    if (turn >= 0 && IsWriter(turn) && !IsOwed(turn) && !seen[At(turn)].woken) {
      return "a writer that comes first sleeps, and readers overtake it without end";
    }
    if (turn < 0 || free < Needs(turn)) return nullptr;
    if (IsOwed(turn)) return "what is free idles: it is owed to who waits";
    return seen[At(turn)].woken ? nullptr : "what is free idles, and who is first sleeps";
  }
};

}  // namespace sequences
