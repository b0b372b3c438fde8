#pragma once

#include "serving.h"

namespace efd {

// A waiter, as others may see it.
struct WaiterInfo {
  int thread;
  int32_t want;
  bool sync;
  int64_t since;  // in nanoseconds
  int priority;
  int64_t rank;  // the lowest comes first
};

// The slow path of every lock-like class: who waits, and who gets what is released.
//
//   thread                         waiting room (under the bucket lock)            another thread
//   ------                         ------------------------------------            --------------
//   fast path finds too little
//   Arrive -----------------------> set "has waiters"             [A]
//                                   look again                    [B]
//                                   enqueue
//   sleeps on its waker                                                            fast path adds permits   [C]
//                                                                                  sees "has waiters"       [C]
//                                   Serve: grant, or wake to try <---------------- Serve
//   Resume -----------------------> its permits, or: overtaken
//
// No wake-up is lost: A and C change the same word, so either C comes first, and B sees its permits; or A comes first,
// and C sees the bit and calls Serve, which waits for the bucket lock and so finds the waiter enqueued.
//
// A permit granted to a waiter is in flight until the waiter's own thread notes it in its ledger (Resume); until then
// Leave gives it back. So a thread's death, which leaves all its waits, loses none.
template <class S>
class Room : Serving<S> {
  using Serving<S>::CanRace;
  using Serving<S>::Decide;
  using Serving<S>::GiveBack;
  using Serving<S>::IsWriter;
  using Serving<S>::LetOneThrough;
  using Serving<S>::NotifyQueue;
  using Serving<S>::Satisfy;
  using Serving<S>::ServeCell;
  using Serving<S>::ServeQueue;
  using Serving<S>::WriteBits;

 public:
  using Bucket = typename ParkingLot<S>::Bucket;

  // Nanoseconds. How long running threads may overtake a blocked one: Go's sync.Mutex takes 1 ms, parking_lot 0.5 ms
  // on average. A turn that is handed over waits for its owner to wake up, and costs many times one that is not.
  static constexpr int64_t kPatience = 1'000'000;
  // The same of readers and a blocked writer. That it is owed costs less: those inside go on to their end.
  static constexpr int64_t kWritersPatience = 100'000;
  static int64_t PatienceOf(const Waiter<S>* w) { return IsWriter(w) ? kWritersPatience : kPatience; }

  explicit Room(LotSize size = {}) : lot_(size) {}

  // Begins a wait. kGranted: the permits were there after all, and are noted. kClosed: never will be. kFull: as many
  // wait as may. kWaiting: queued.
  Outcome Arrive(Waiter<S>* w) {
    lot_.MakeRoom();
    Bucket bucket(&lot_, w->cell);
    const int32_t flags = S::Load(w->cell + kFlags);
    if (flags & kClosed) return w->outcome = Outcome::kClosed;
    w->owed = (flags & kFair) != 0 || (w->want != 1 && !IsWriter(w));
    w->outcome = Outcome::kWaiting;
    w->rank = Queue<S>::RankOf(w);
    Queue<S>* queue = bucket.Find(w->cell);
    if (queue == nullptr || queue->WouldBeTurn(w)) {  // nobody comes first, or nobody who can run
      S::FetchOr(w->cell + kState, kHasWaiters);      // A
      if (Satisfy(w)) {                               // B
        WriteBits(w->cell, queue);
        Note(w);
        return w->outcome = Outcome::kGranted;
      }
    }
    if (IsFull(w, queue)) {
      WriteBits(w->cell, queue);
      return w->outcome = Outcome::kFull;
    }
    bucket.Append(w);
    if (IsWriter(w) && !w->owed) BePatient(w);
    WriteBits(w->cell, w->queue);
    return Outcome::kWaiting;
  }

  // The waiter's thread was woken for it, or has had its nap, and looks. Permits it was granted are noted in the
  // ledger.
  //
  // A blocked thread that was overtaken may be overtaken again, until its patience is over. Meanwhile it is to sleep
  // for a moment at most, and to look again: `naps` says so, and that nobody needs to wake it.
  Outcome Resume(Waiter<S>* w) {
    Wakes<S> wakes;
    Bucket bucket(&lot_, w->cell);
    w->thread->TakeReady(w);
    w->naps = false;
    if (w->outcome == Outcome::kWaiting) {
      const bool taken = w->role != Role::kDrawer && w == w->queue->Turn() && Satisfy(w);
      if (!taken && w->role != Role::kDrawer) Overtaken(w);
      ServeQueue(bucket, w->queue, &wakes, taken ? w : nullptr);
      // Permits that came back in between were handed to it just there. It is being looked at: were it left in the
      // ready list, it would be noted twice, and its node reused while it stands there.
      if (w->outcome != Outcome::kWaiting) {
        w->thread->TakeReady(w);
        w->naps = false;
      }
    }
    if (w->outcome == Outcome::kGranted) Note(w);
    if (w->outcome == Outcome::kWaiting && w->role == Role::kDrawer) SetAlarm(w);
    return w->outcome;
  }

  // The waiter's thread will not look after its nap: a slice of the wait has ended, and JavaScript runs, which may
  // never come back. So from now on it must be woken.
  void EndNap(Waiter<S>* w) {
    if (!w->naps) return;
    Wakes<S> wakes;
    Bucket bucket(&lot_, w->cell);
    w->naps = false;
    if (w->queue != nullptr) ServeQueue(bucket, w->queue, &wakes);
  }

  // Ends a wait that is not wanted any more, and gives back what it was granted meanwhile, where that is another's then
  // (Waiter::HandsOn). True when it had been granted.
  bool Leave(Waiter<S>* w) {
    AtPoint("leaving");
    Wakes<S> wakes;
    Bucket bucket(&lot_, w->cell);
    w->thread->TakeReady(w);
    const bool granted = w->outcome == Outcome::kGranted;
    if (w->queue != nullptr) {
      LeaveQueue(bucket, w, &wakes);
    } else if (granted && w->HandsOn()) {
      GiveBack(bucket, w, &wakes);
    }
    return granted;
  }

  // The thread goes to sleep in a sync wait, of which it has told the waiting room, or in one for something else: until
  // EndBlocking its promises cannot run, and are passed over. What they were granted and have not seen goes back.
  void BeginBlocking(Thread<S>* thread) {
    if (thread->blocked() || !HasPromise(thread)) return;
    thread->SetBlocked(true);
    // The last first, since each is put back to the front. A cell is served once for promises that came in a row.
    for (Waiter<S>*w = thread->waiters.back(), *next; w != nullptr; w = next) {
      next = thread->waiters.before(w);
      if (!w->sync) PassOver(w, /*serve=*/next == nullptr || next->sync || next->cell != w->cell);
    }
  }

  // It runs again: its promises have their turns.
  void EndBlocking(Thread<S>* thread) {
    if (!thread->blocked()) return;
    thread->SetBlocked(false);
    const int32_t* last = nullptr;
    for (Waiter<S>* w = thread->waiters.front(); w != nullptr; w = thread->waiters.after(w)) {
      if (w->sync || w->cell == last) continue;
      last = w->cell;
      Wakes<S> wakes;
      Bucket bucket(&lot_, w->cell);
      Queue<S>* queue = bucket.Find(w->cell);
      if (queue == nullptr) continue;
      queue->LookAgain();
      ServeQueue(bucket, queue, &wakes);
    }
  }

  // The time of a wait is up, and its thread looks. What was decided by now counts, however late the thread is; who was
  // woken to try tries. Else it leaves, and kWaiting says so.
  Outcome Expire(Waiter<S>* w) {
    AtPoint("leaving");
    Wakes<S> wakes;
    Bucket bucket(&lot_, w->cell);
    w->thread->TakeReady(w);
    if (w->role == Role::kDrawer && w->queue != nullptr) {
      ServeQueue(bucket, w->queue, &wakes);
      w->thread->TakeReady(w);
    }
    if (Queue<S>* queue = w->queue) {
      if (w->role == Role::kTaker && w == queue->Turn() && Satisfy(w)) {
        ServeQueue(bucket, queue, &wakes, w);
      } else {
        LeaveQueue(bucket, w, &wakes);
      }
    }
    const Outcome outcome = w->outcome;
    if (outcome == Outcome::kGranted) Note(w);
    return outcome;
  }

  // Permits were given back, and the fast path saw that somebody waits. Returns how many waiters were woken for them.
  int32_t Serve(int32_t* cell) {
    AtPoint("serving");
    Wakes<S> wakes;
    Bucket bucket(&lot_, cell);
    ServeCell(bucket, cell, &wakes);
    return wakes.woken();
  }

  // Gives the first `count` waiters what they wait for, whatever the state word says. Returns how many there were.
  int32_t Notify(int32_t* cell, int32_t count) {
    Wakes<S> wakes;
    Bucket bucket(&lot_, cell);
    return NotifyQueue(bucket, cell, count, &wakes);
  }

  // Ends every wait on the cell, and all that come after. False when it was closed already; the queue is emptied all
  // the same, since the flag may be what somebody wrote over it.
  bool Close(int32_t* cell) {
    AtPoint("closing");
    Wakes<S> wakes;
    Bucket bucket(&lot_, cell);
    const bool was_open = (S::FetchOr(cell + kFlags, kClosed) & kClosed) == 0;
    Queue<S>* queue = bucket.Find(cell);
    if (queue == nullptr) {
      WriteBits(cell, nullptr);
      return was_open;
    }
    while (Waiter<S>* w = queue->front()) Decide(w, Outcome::kClosed, &wakes);
    ServeQueue(bucket, queue, &wakes);
    return was_open;
  }

  // Sets an event: an auto-reset one lets the first waiter through, or, when nobody waits, the next that comes; a
  // manual one lets everybody through until it is reset. Decided under the lock, so that each call counts for whoever
  // waited before it, even when a reset follows at once.
  int32_t SetEvent(int32_t* cell) {
    Wakes<S> wakes;
    Bucket bucket(&lot_, cell);
    if (S::Load(cell + kFlags) & kAutoReset) {
      LetOneThrough(bucket, cell, &wakes);
    } else {
      Post<S>(cell, 1, /*saturate=*/true);
      ServeCell(bucket, cell, &wakes);
    }
    return wakes.woken();
  }

  // Somebody wants tokens of a rate. kTooLate: they would come after its deadline.
  Outcome ArriveAtRate(Waiter<S>* w) {
    lot_.MakeRoom();
    Wakes<S> wakes;
    Bucket bucket(&lot_, w->cell);
    if (S::Load(w->cell + kFlags) & kClosed) return w->outcome = Outcome::kClosed;
    ServeCell(bucket, w->cell, &wakes);  // whose threads are late
    w->owed = true;
    w->arrived = Rate<S>::Now();
    w->outcome = Outcome::kWaiting;
    Queue<S>* queue = bucket.Find(w->cell);
    const bool first = queue == nullptr || queue->Turn() == nullptr;
    if (first && Satisfy(w)) return w->outcome = Outcome::kGranted;
    if (IsFull(w, queue)) return w->outcome = Outcome::kFull;
    w->look_at = RateQueue<S>::Turn(w->cell, first ? nullptr : queue, w->want);
    if (w->look_at > w->deadline) return w->outcome = Outcome::kTooLate;
    w->alarm = w->look_at;
    bucket.Append(w);
    WriteBits(w->cell, w->queue);
    return Outcome::kWaiting;
  }

  // Tokens that were had are not used after all: who waits has them the sooner.
  void GiveBackTokens(int32_t* cell, int32_t tokens) {
    Wakes<S> wakes;
    Bucket bucket(&lot_, cell);
    Rate<S>::GiveBack(cell, tokens);
    ServeCell(bucket, cell, &wakes);
  }

  // In how many nanoseconds who comes now would have so many tokens.
  int64_t RetryAfter(const int32_t* cell, int32_t want) {
    const Bucket bucket(&lot_, cell);
    const int64_t left = RateQueue<S>::Turn(cell, bucket.Find(cell), want) - Rate<S>::Now();
    return std::max<int64_t>(0, left / Rate<S>::kUnits);
  }

  // A party arrives at a barrier of kTotal parties. kGranted: it is the last, and the others are released.
  Outcome ArriveAtBarrier(Waiter<S>* w) {
    lot_.MakeRoom();
    Wakes<S> wakes;
    Bucket bucket(&lot_, w->cell);
    w->life = S::Load(w->cell + kLife);
    if (S::Load(w->cell + kFlags) & (kClosed | kBroken)) return w->outcome = Outcome::kClosed;
    const Queue<S>* queue = bucket.Find(w->cell);
    const int32_t arrived = queue == nullptr ? 0 : queue->length;
    if (arrived + 1 >= S::Load(w->cell + kTotal)) {
      NotifyQueue(bucket, w->cell, arrived, &wakes);
      return w->outcome = Outcome::kGranted;
    }
    w->owed = true;
    w->outcome = Outcome::kWaiting;
    bucket.Append(w);
    WriteBits(w->cell, w->queue);
    return Outcome::kWaiting;
  }

  // Breaks a barrier, or makes a broken one whole. Either way nobody waits at it afterwards.
  void SetBroken(int32_t* cell, bool broken) {
    Wakes<S> wakes;
    Bucket bucket(&lot_, cell);
    BreakAndServe(bucket, cell, &wakes);
    if (broken) return;
    S::FetchAnd(cell + kFlags, ~kBroken);
    S::FetchAdd(cell + kLife, 1);
  }

  // A thread ends that has waited at a barrier, in the given life of it. It breaks it, unless that was made whole
  // since: then others have taken its place.
  void LoseParty(int32_t* cell, int32_t life) {
    Wakes<S> wakes;
    Bucket bucket(&lot_, cell);
    if (S::Load(cell + kLife) == life) BreakAndServe(bucket, cell, &wakes);
  }

  // Changes how many permits there are, and then takes `recalled` away, from those who were served with them too as
  // they give them back: no release comes in between. False when that would leave fewer than none, or more than kMax.
  bool Resize(int32_t* cell, int32_t delta, int32_t recalled = 0) {
    Wakes<S> wakes;
    Bucket bucket(&lot_, cell);
    const int64_t total = int64_t{S::Load(cell + kTotal)} + delta;
    if (recalled < 0 || total - recalled < 0 || total > S::Load(cell + kMax)) return false;
    S::Store(cell + kTotal, static_cast<int32_t>(total));
    S::FetchAdd(cell + kState, AsState(delta));
    ServeCell(bucket, cell, &wakes);
    if (recalled == 0) return true;
    S::Store(cell + kTotal, static_cast<int32_t>(total - recalled));
    S::FetchAdd(cell + kState, AsState(WrappingSub(0, recalled)));
    ServeCell(bucket, cell, &wakes);
    return true;
  }

  // The holder keeps these permits for good: there are fewer from now on. False when it does not hold them.
  bool Forget(int32_t* cell, int32_t* slot, int32_t permits) {
    Bucket bucket(&lot_, cell);
    const int32_t held = S::Load(slot);
    if (permits <= 0 || held < permits) return false;
    S::Store(slot, held - permits);
    S::Store(cell + kTotal, WrappingSub(S::Load(cell + kTotal), permits));
    return true;
  }

  // The holder takes note that the last one died. True for the first to ask.
  bool TakeAbandoned(int32_t* cell) {
    const Bucket bucket(&lot_, cell);
    return S::FetchAnd(cell + kFlags, ~kAbandoned) & kAbandoned;
  }

  // Whether a wait is not decided yet. Its thread does not end it meanwhile.
  bool StandsInQueue(const Waiter<S>* w) {
    const Bucket bucket(&lot_, w->cell);
    return w->queue != nullptr;
  }

  // Who waits for a cell, in steps: up to `most` of them are added to `waiters`, and how many are left is returned, to
  // go on with. One thread looks at a time. Of those that come meanwhile it sees some; those that go it may have seen.
  std::size_t BeginLook(const int32_t* cell, std::size_t most, std::vector<WaiterInfo>* waiters) {
    Bucket bucket(&lot_, cell);
    Queue<S>* queue = bucket.Find(cell);
    if (queue == nullptr) return 0;
    queue->next_look = queue->HighestLevel();
    return Look(queue, static_cast<std::size_t>(queue->length), most, waiters);
  }
  std::size_t GoOnLooking(const int32_t* cell, std::size_t left, std::size_t most, std::vector<WaiterInfo>* waiters) {
    Bucket bucket(&lot_, cell);
    Queue<S>* queue = bucket.Find(cell);
    return queue == nullptr ? 0 : Look(queue, left, most, waiters);
  }

  std::vector<WaiterInfo> WaitersOf(const int32_t* cell) {
    std::vector<WaiterInfo> waiters;
    BeginLook(cell, SIZE_MAX, &waiters);
    return waiters;
  }

  // A dying thread gives back what its ledger (null: none) says, and looks again at the queue: its last release may
  // have been cut off after it saw the waiters and before it served them.
  void Recover(int32_t* cell, int32_t* slot, int32_t kind) {
    if (slot != nullptr) {
      const int32_t held = S::Load(slot);
      S::Store(slot, 0);
      if (held > 0) {
        // Before the permits are free, so that the next owner sees it.
        if (kind == kMutex || (kind == kRwLock && held == kMaxPermits)) S::FetchOr(cell + kFlags, kAbandoned);
        S::FetchAdd(cell + kState, AsState(held));
      }
    }
    Serve(cell);
  }

  // For tests: what ParkingLot::Measure says.
  auto shape() { return lot_.Measure(); }

 private:
  // It looked, and found less than it wants.
  static void Overtaken(Waiter<S>* w) {
    if (!CanRace(w)) {
      w->owed = true;
      return;
    }
    BePatient(w);
  }

  // Whoever finds less than it wants, the first time and after that.
  static void BePatient(Waiter<S>* w) {
    const int64_t now = S::Nanoseconds();
    if (w->patient_until == 0) w->patient_until = now + PatienceOf(w);
    if (now >= w->patient_until) w->owed = true;
    w->naps = !w->owed && w == w->queue->Turn();
  }

  static std::size_t Look(Queue<S>* queue, std::size_t left, std::size_t most, std::vector<WaiterInfo>* waiters) {
    for (; queue->next_look != nullptr && left > 0 && most > 0; left--, most--) {
      Waiter<S>* w = queue->next_look;
      waiters->push_back({w->thread->id, w->want, w->sync, w->since, w->priority, w->rank});
      queue->next_look = queue->After(w);
    }
    if (queue->next_look == nullptr) return 0;
    if (left == 0) queue->next_look = nullptr;
    return left;
  }

  // Who was not served when it looked by itself, since others drew meanwhile, looks again when all who wait are served
  // at the latest. Who is first was told its time.
  static void SetAlarm(Waiter<S>* w) {
    if (w != w->queue->Turn() && w->look_at <= Rate<S>::Now()) w->look_at = RateQueue<S>::Turn(w->cell, w->queue, 0);
    w->alarm = w->look_at;
  }

  // Whether one more is too many. Here and nowhere else: who is put back to its queue has had its place.
  static bool IsFull(const Waiter<S>* w, const Queue<S>* queue) {
    const int32_t most = S::Load(w->cell + kMaxWaiting);
    return most >= 0 && !w->returns && (queue == nullptr ? 0 : queue->length) >= most;
  }

  // Notes granted permits in the ledger of the waiter's thread, which is the one that runs.
  static void Note(Waiter<S>* w) {
    if (w->slot != nullptr) S::Store(w->slot, WrappingAdd(S::Load(w->slot), w->want));
  }

  static bool HasPromise(const Thread<S>* thread) {
    for (Waiter<S>* w = thread->waiters.front(); w != nullptr; w = thread->waiters.after(w)) {
      if (!w->sync) return true;
    }
    return false;
  }

  // For a promise of a thread that blocks. A notification or the set of an event was for who waited before it, so it is
  // not for who may come now; and of a closed cell nobody gets anything any more.
  void PassOver(Waiter<S>* w, bool serve) {
    Wakes<S> wakes;
    Bucket bucket(&lot_, w->cell);
    const bool unseen = w->outcome == Outcome::kGranted && w->ready;
    if (unseen && w->role == Role::kTaker && w->want > 0 && (S::Load(w->cell + kFlags) & (kAutoReset | kClosed)) == 0) {
      w->outcome = Outcome::kWaiting;
      bucket.PutBack(w);
      Post<S>(w->cell, w->want, /*saturate=*/true);
    }
    if (w->queue != nullptr) w->thread->TakeReady(w);
    if (serve) ServeCell(bucket, w->cell, &wakes);
  }

  static void LeaveQueue(Bucket& bucket, Waiter<S>* w, Wakes<S>* wakes) {
    Queue<S>* queue = w->queue;
    Bucket::Remove(w);
    if (w->role == Role::kParty) BreakLocked(queue, w->cell, wakes);
    ServeQueue(bucket, queue, wakes);  // it may have stood in another's way
  }

  static void BreakLocked(Queue<S>* queue, int32_t* cell, Wakes<S>* wakes) {
    S::FetchOr(cell + kFlags, kBroken);
    while (queue != nullptr && queue->length > 0) Decide(queue->front(), Outcome::kClosed, wakes);
  }

  static void BreakAndServe(Bucket& bucket, int32_t* cell, Wakes<S>* wakes) {
    Queue<S>* queue = bucket.Find(cell);
    BreakLocked(queue, cell, wakes);
    if (queue != nullptr) ServeQueue(bucket, queue, wakes);
  }

  ParkingLot<S> lot_;
};

}  // namespace efd
