#pragma once

#include "parking_lot.h"
#include "rate.h"

namespace efd {

// Who waits for tokens of a rate: first come, first served, and nobody releases anything. Each waiter's own thread
// looks when its turn should come, by what stands before it as it arrives (`look_at`); it serves all whose time has
// come then, so that a thread that is late keeps nobody waiting. Only what was given up moves the others forward, and
// then who is first now is told to look earlier; the next when it has become first.
//
// Under the bucket lock.
template <class S>
struct RateQueue {
  static bool Is(Queue<S>* queue) {
    const Waiter<S>* first = queue->front();
    return first != nullptr && first->role == Role::kDrawer;
  }

  static bool Satisfy(Waiter<S>* w, int64_t now) {
    const int64_t then = std::max(w->arrived, now - Rate<S>::kMadeUpFor);
    return Rate<S>::Take(w->cell, w->want, now, std::min(now, then));
  }

  // When who comes now, and wants so much, would be served.
  static int64_t Turn(const int32_t* cell, const Queue<S>* queue, int32_t want) {
    return Rate<S>::Due(cell, want, queue == nullptr ? 0 : queue->wanted);
  }

  template <class Decide>
  static void Serve(Queue<S>* queue, Wakes<S>* wakes, Decide decide) {
    const int64_t now = Rate<S>::Now();
    while (Waiter<S>* head = queue->Turn()) {
      if (Satisfy(head, now)) {
        decide(head, Outcome::kGranted, wakes);
        continue;
      }
      const int64_t due = Rate<S>::Due(head->cell, head->want);
      if (head->look_at != due) {
        head->look_at = due;
        wakes->Deliver(head);
      }
      return;
    }
  }
};

}  // namespace efd
