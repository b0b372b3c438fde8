#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "list.h"
#include "points.h"
#include "sync.h"

namespace efd {

template <class S>
class Thread;
template <class S>
class Queue;

struct InQueue : ListNode {};   // the cell's queue, under the bucket lock
struct InReady : ListNode {};   // the thread's ready list, under the thread's lock
struct InThread : ListNode {};  // all live waiters of a thread, touched by that thread alone

// kFull and kTooLate are said on arrival alone: it has not queued.
enum class Outcome : uint8_t { kWaiting, kGranted, kClosed, kFull, kTooLate };

// What becomes of a grant that nobody will see, and of a wait that is given up.
enum class Role : uint8_t {
  kTaker,     // its permits go back
  kNotified,  // the notification goes to the next in the queue
  kParty,     // the barrier breaks, unless all had arrived
  kDrawer,    // its tokens go back to the rate
};

// One wait of one thread on one cell. It belongs to the thread that waits; others reach it only through the queue,
// under the bucket lock, and only until it is decided.
template <class S>
struct Waiter : InQueue, InReady, InThread {
  // Set by the owner before the wait begins.
  Thread<S>* thread = nullptr;
  int32_t* cell = nullptr;
  int32_t* slot = nullptr;  // where to note the permits; null when nobody keeps book of them
  int32_t want = 0;         // permits; 0 waits for the gate (a positive state) or a notification, and takes nothing
  bool writes = false;      // it wants all there is of an RwLock
  bool sync = false;        // a thread blocked for it, as opposed to a promise
  bool ref = false;         // it keeps its thread's loop alive
  uint8_t priority = 0;     // up to kMostPriority; the higher go first
  bool returns = false;     // it held what it waits for, and let go for a while: its place is not counted against it
  uint32_t copy = 0;        // of the thread's JavaScript, which is told
  Role role = Role::kTaker;
  int64_t since = 0;             // when it began, by S::Nanoseconds()
  int64_t deadline = INT64_MAX;  // of a drawer, in Rate's time: it does not wait for what comes later
  int64_t alarm = 0;             // the same: when its thread is to look by itself, as far as that knows
  uint32_t index = 0;            // its name among its thread's waiters
  uint32_t* waits = nullptr;     // how many the thread has on this cell

  // Whether it can make use of what it is given now: a promise cannot while its thread is blocked. What passes an open
  // gate takes nothing from anybody, and can wait for its thread.
  bool CanRun() const { return sync || (want == 0 && role == Role::kTaker) || !thread->blocked(); }

  // Whether a grant that it gives up goes to another. The others were decided for everybody: that the gate was open,
  // that all had arrived. They stand, whoever aborts after.
  bool HandsOn() const { return want > 0 || role == Role::kNotified; }

  // Under the bucket lock.
  Queue<S>* queue = nullptr;  // while it stands in one
  Outcome outcome = Outcome::kWaiting;
  int64_t rank = 0;           // the lowest comes first; see queue.h
  bool owed = false;          // it is never overtaken (again): permits go to it directly
  bool naps = false;          // it sleeps for a moment at most, and then looks whatever came; see Room::Resume
  int64_t patient_until = 0;  // by S::Nanoseconds(): who is overtaken after that is owed; 0: it was not overtaken yet
  int32_t life = 0;           // of the barrier, when it arrived there
  int64_t arrived = 0;        // of a drawer, in Rate's time
  int64_t look_at = 0;        // the same: when its thread is to look by itself

  // Written under the thread's lock; a spinning owner reads it without.
  typename S::template Atomic<bool> ready{false};  // decided, or woken to try; its thread has not looked yet
};

// How a thread is woken. Signal() is never called after Retire().
class Waker {
 public:
  virtual void Signal() = 0;

 protected:
  ~Waker() = default;
};

// A thread of the process, as the waiting room sees it. Counted, since a grant is sent after the bucket lock is let go,
// when its receiver may already be dying.
template <class S>
class Thread {
 public:
  explicit Thread(Waker* waker) : waker_(waker) {}

  void Ref() { refs_.fetch_add(1); }
  void Unref() {
    if (refs_.fetch_sub(1) == 1) delete this;
  }

  // A waiter of this thread is to be looked at. True when the thread must be signalled for it, once the bucket lock is
  // released. Called under the bucket lock; the thread's lock nests inside.
  bool Deliver(Waiter<S>* waiter) {
    typename S::Lock lock(mutex_);
    if (!waiter->ready) {
      waiter->ready = true;
      if (!waiter->sync) ready_.PushBack(waiter);
    }
    // A thread inside a sync wait looks at its other waiters on its way out, and one that still spins sees `ready`
    // itself.
    const bool asleep = !in_sync_wait_ || (waiter->sync && parked_);
    if (!asleep || signalled_ || retired_) return false;
    signalled_ = true;
    return true;
  }

  // Something else than a waiter is to be looked at, by the thread's loop. True when the thread must be signalled for
  // it.
  bool DeliverNews() {
    typename S::Lock lock(mutex_);
    news_ = true;
    if (in_sync_wait_ || signalled_ || retired_) return false;
    signalled_ = true;
    return true;
  }

  // Under a lock of its own. The thread that is woken takes `mutex_` first thing; were it the same, it would find it
  // held by whom it was woken by, and go to sleep again at once.
  void Signal() {
    typename S::Lock lock(waker_mutex_);
    if (!waker_gone_) waker_->Signal();
  }

  // The rest is for the thread itself.

  // The waker was heard (its descriptor read): the next delivery signals again.
  void Heard() {
    typename S::Lock lock(mutex_);
    signalled_ = false;
  }

  // Whether there is something else to look at than waiters. It is being looked at from now on.
  bool TakeNews() {
    typename S::Lock lock(mutex_);
    return std::exchange(news_, false);
  }

  // It was not looked at to the end.
  void KeepNews() {
    typename S::Lock lock(mutex_);
    news_ = true;
  }

  // The next async waiter to look at, by Room::Resume.
  Waiter<S>* NextReady() {
    typename S::Lock lock(mutex_);
    return ready_.front();
  }

  // The waiter is being looked at. Called under the bucket lock, so that no delivery to it falls in between.
  void TakeReady(Waiter<S>* waiter) {
    typename S::Lock lock(mutex_);
    waiter->ready = false;
    static_cast<InReady*>(waiter)->Unlink();
  }

  // The thread goes to sleep in a sync wait, or has ended one; Room::BeginBlocking and EndBlocking say so, and see to
  // its promises. Others look at it under the bucket lock of a promise.
  void SetBlocked(bool blocked) { blocked_ = blocked; }
  bool blocked() const { return blocked_; }

  void BeginSyncWait() {
    typename S::Lock lock(mutex_);
    in_sync_wait_ = true;
  }

  // False when the waiter is ready already, and the thread must not go to sleep.
  bool ParkUnlessReady(Waiter<S>* waiter) {
    typename S::Lock lock(mutex_);
    parked_ = !waiter->ready;
    return parked_;
  }

  void Unparked(bool heard) {
    typename S::Lock lock(mutex_);
    parked_ = false;
    if (heard) signalled_ = false;
  }

  // A slice of a sync wait ends. Async waiters may have become ready meanwhile, and it may have eaten their signal:
  // send it again. So it does when the thread still counts as blocked: should JavaScript be torn out of the wait, the
  // loop is to find that out, or its promises would be passed over for ever.
  void EndSyncWait() { SignalSelf(/*end_sync_wait=*/true); }

  // For a loop that stops looking before the ready list is empty.
  void SignalSelfIfReady() { SignalSelf(/*end_sync_wait=*/false); }
  // No signal is sent after this returns, so the waker's descriptor can be closed.
  void Retire() {
    {
      typename S::Lock lock(mutex_);
      retired_ = true;
    }
    typename S::Lock lock(waker_mutex_);
    waker_gone_ = true;
  }

  List<Waiter<S>, InThread> waiters;
  typename S::template Atomic<int> id{0};  // worker_threads' threadId, for whoever inspects

 private:
  ~Thread() = default;

  void SignalSelf(bool end_sync_wait) {
    typename S::Lock lock(mutex_);
    if (end_sync_wait) in_sync_wait_ = false;
    const bool needed = !ready_.empty() || news_ || (end_sync_wait && blocked_);
    if (!needed || signalled_ || retired_) return;
    signalled_ = true;
    waker_->Signal();
  }

  Waker* waker_;
  typename S::Mutex waker_mutex_;
  bool waker_gone_ = false;  // under waker_mutex_
  typename S::Mutex mutex_;
  List<Waiter<S>, InReady> ready_;
  bool news_ = false;          // there is something else to look at
  bool signalled_ = false;     // a signal is on its way, or was sent and not heard yet
  bool in_sync_wait_ = false;  // the thread does not look at its async waiters
  bool parked_ = false;        // ... and sleeps
  bool retired_ = false;
  typename S::template Atomic<bool> blocked_{false};
  typename S::template Atomic<int> refs_{1};
};

// The threads to be signalled once the bucket lock is released: decide under the lock, wake after it.
template <class S>
class Wakes {
 public:
  Wakes() = default;
  Wakes(const Wakes&) = delete;
  Wakes& operator=(const Wakes&) = delete;
  ~Wakes() { Send(); }

  void Deliver(Waiter<S>* waiter) {
    if (!waiter->ready) woken_++;
    if (waiter->thread->Deliver(waiter)) Add(waiter->thread);
  }

  void DeliverNews(Thread<S>* thread) {
    if (thread->DeliverNews()) Add(thread);
  }

  // How many waiters are to look that were not to look before.
  int32_t woken() const { return woken_; }

  void Send() {
    if (first_ == nullptr) return;
    AtPoint("waking");
    SendTo(first_);
    first_ = nullptr;
    for (Thread<S>* thread : more_) SendTo(thread);
    more_.clear();
  }

 private:
  void Add(Thread<S>* thread) {
    thread->Ref();
    if (first_ == nullptr) {
      first_ = thread;
    } else {
      more_.push_back(thread);
    }
  }

  static void SendTo(Thread<S>* thread) {
    thread->Signal();
    thread->Unref();
  }

  int32_t woken_ = 0;
  Thread<S>* first_ = nullptr;  // nearly always the only one
  std::vector<Thread<S>*> more_;
};

}  // namespace efd
