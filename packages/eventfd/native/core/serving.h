#pragma once

#include "fastpath.h"
#include "parking_lot.h"
#include "rate_queue.h"
#include "words.h"

namespace efd {

// Who gets what is free: decided under the lock of the cell's bucket, which every function here is called with.
template <class S>
class Serving {
 protected:
  using Bucket = typename ParkingLot<S>::Bucket;

  // Takes what the waiter wants, when it is there.
  static bool Satisfy(Waiter<S>* w) {
    if (w->role == Role::kDrawer) return RateQueue<S>::Satisfy(w, Rate<S>::Now());
    return TakePermits<S>(w->cell, w->want);
  }

  // An auto-reset event is set, by a thread or for one that does not want it any more. So one that is set has no
  // waiters: were the first only woken to try, the event would be set until it does, and the next set lost.
  static void LetOneThrough(Bucket& bucket, int32_t* cell, Wakes<S>* wakes) {
    if (NotifyQueue(bucket, cell, 1, wakes) == 0) Post<S>(cell, 1, /*saturate=*/true);
  }

  // What the waiter was granted goes to the next.
  static void GiveBack(Bucket& bucket, Waiter<S>* w, Wakes<S>* wakes) {
    if (w->role == Role::kNotified) {
      NotifyQueue(bucket, w->cell, 1, wakes);
      return;
    }
    if (w->role == Role::kDrawer) {
      Rate<S>::GiveBack(w->cell, w->want);
      return ServeCell(bucket, w->cell, wakes);
    }
    if (S::Load(w->cell + kFlags) & kAutoReset) return LetOneThrough(bucket, w->cell, wakes);
    Post<S>(w->cell, w->want, /*saturate=*/true);
    ServeCell(bucket, w->cell, wakes);
  }

  static void Decide(Waiter<S>* w, Outcome outcome, Wakes<S>* wakes) {
    Bucket::Remove(w);
    w->outcome = outcome;
    wakes->Deliver(w);
  }

  static void ServeCell(Bucket& bucket, int32_t* cell, Wakes<S>* wakes) {
    if (Queue<S>* queue = bucket.Find(cell)) ServeQueue(bucket, queue, wakes);
  }

  // Grants from the head of the queue while permits last; only the head is ever woken just to try. Promises whose
  // threads are blocked are passed over, here and wherever something is handed out: the head is the first that can run.
  // They keep their places.
  //
  //   head       free permits       what happens
  //   owed       enough             granted
  //   owed       too few            all wait: acquire finds "queue first", so permits gather for the head
  //   not owed   more than it wants granted, since running threads have some left to race for
  //   not owed   just enough        woken to try; the permit stays free for whoever comes first
  //   not owed   too few            all wait; a writer is woken, too, unless it naps
  //
  // A writer, since readers that overlap never leave just enough: from when it comes first it looks by itself.
  //
  // `taken` is the head, when its own thread runs and has just taken its permits.
  //
  // The bit comes before the look, as in Arrive (A and B), since WriteBits may have cleared it with waiters left.
  static void ServeQueue(Bucket& bucket, Queue<S>* queue, Wakes<S>* wakes, Waiter<S>* taken = nullptr) {
    int32_t* cell = const_cast<int32_t*>(queue->cell);
    if (taken != nullptr) {
      Bucket::Remove(taken);
      taken->outcome = Outcome::kGranted;
    }
    if (RateQueue<S>::Is(queue)) RateQueue<S>::Serve(queue, wakes, Decide);
    S::FetchOr(cell + kState, kHasWaiters);
    while (Waiter<S>* head = RateQueue<S>::Is(queue) ? nullptr : queue->Turn()) {
      const bool hand_over = head->owed || FreePermits(S::Load(cell + kState)) > head->want;
      if (hand_over) {
        if (!Satisfy(head)) break;
        Decide(head, Outcome::kGranted, wakes);
      } else {
        const bool enough = FreePermits(S::Load(cell + kState)) >= head->want;
        if (enough || (IsWriter(head) && !head->naps)) wakes->Deliver(head);
        break;
      }
    }
    WriteBits(cell, queue);
    bucket.DropIfEmpty(queue);
  }

  // Whether the head will look soon, whatever is released: it naps, or was woken to try for one permit. Until it does
  // (Resume, EndNap, Leave), running threads pass what there is to and fro without a call into C++ each time; of
  // several permits, those who stand behind the head could have one meanwhile, and wait for the moment that it takes.
  // Not so when it is a promise, whose loop may be busy for long, or a writer, which is ready whenever its nap was cut
  // short.
  static bool IsAwake(const Waiter<S>* head) {
    if (head->owed) return false;
    return head->naps || (CanRace(head) && head->ready && head->want == 1);
  }

  // Whether it is as quick as those that run: a blocked thread is, a promise's loop may be busy for long. Only for what
  // is held and comes back: of a post nobody says that the next is about to come.
  static bool CanRace(const Waiter<S>* w) { return w->sync && w->slot != nullptr; }

  // Whether it writes, and may be overtaken for a while like who wants one permit. A promise may not, being slow to
  // look; nor who wants several of a semaphore, for whom they gather.
  static bool IsWriter(const Waiter<S>* w) { return w->writes && CanRace(w); }

  static int32_t NotifyQueue(Bucket& bucket, int32_t* cell, int32_t count, Wakes<S>* wakes) {
    Queue<S>* queue = bucket.Find(cell);
    if (queue == nullptr) return 0;
    int32_t notified = 0;
    for (; notified < count; notified++) {
      // It is not kept: when nobody can run it is for the first all the same.
      Waiter<S>* w = queue->Turn();
      if (w == nullptr) w = queue->front();
      if (w == nullptr) break;
      Decide(w, Outcome::kGranted, wakes);
    }
    WriteBits(cell, queue);
    bucket.DropIfEmpty(queue);
    return notified;
  }

  // Makes bits 0 and 1 of the state word, and the count of waiters, say what the queue (null when there is none) is.
  //
  // The bit is cleared under the lock that Arrive sets it under. A release that still saw it set comes to Serve, finds
  // no queue, and goes. It is also cleared while a release has nobody to wake: see IsAwake.
  static void WriteBits(int32_t* cell, Queue<S>* queue) {
    int32_t bits = S::Load(cell + kFlags) & kClosed ? kQueueFirst : 0;
    const int32_t length = queue == nullptr ? 0 : queue->length;
    if (length > 0) {
      const Waiter<S>* head = queue->Turn();
      if (head != nullptr && head->owed) bits |= kQueueFirst;
      if (head == nullptr || !IsAwake(head)) bits |= kHasWaiters;
    }
    S::Store(cell + kWaiting, length);
    int32_t state = S::Load(cell + kState);
    do {
      if ((state & 3) == bits) return;
    } while (!S::CompareExchange(cell + kState, &state, (state & ~3) | bits));
  }
};

}  // namespace efd
