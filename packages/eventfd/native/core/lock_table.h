#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "list.h"
#include "points.h"
#include "pool.h"
#include "waiter.h"

namespace efd {

template <class S>
class LockClient;
template <class S>
struct LockName;

struct InLockName : ListNode {};   // its name's queue, or the locks of its name that are held
struct InLockTable : ListNode {};  // all that wait, or all that are held
struct InLockNews : ListNode {};   // what its thread has not heard of

enum class LockMode : uint8_t { kExclusive, kShared };

// How a request is made that cannot be granted at once.
enum class LockUrgency : uint8_t {
  kWaits,
  kIfAvailable,  // it is not made
  kSteals,       // whoever holds the lock has lost it
};

enum class LockState : uint8_t { kPending, kHeld, kStolen };

// A request for a lock, and the lock once it was granted. It is of one thread, which makes and ends it; others reach it
// through the table, under its lock.
template <class S>
struct LockRequest : InLockName, InLockTable, InLockNews {
  LockClient<S>* client = nullptr;
  uint32_t index = 0;  // its name among its thread's
  uint32_t copy = 0;   // of the thread's JavaScript, which is told
  bool ref = false;    // it keeps its thread's loop alive; touched by the thread alone
  LockMode mode = LockMode::kExclusive;
  bool at_once = false;     // it was granted as it was made, or while its thread looked for it
  bool comes_next = false;  // when it was made, one of another thread's was before it, and nobody else

  // Under the table's lock.
  LockState state = LockState::kPending;
  int64_t since = 0;            // it waits, or is held; by S::Nanoseconds()
  LockName<S>* name = nullptr;  // null once it was stolen

  // Written under the table's lock; its thread looks for it without.
  typename S::template Atomic<bool> was_granted{false};  // and its thread has not heard of that
};

// What a name stands for: there while somebody holds or waits.
template <class S>
struct LockName {
  const std::u16string* text = nullptr;
  List<LockRequest<S>, InLockName> queue;
  List<LockRequest<S>, InLockName> held;  // all are shared, or there is one

  bool CanHold(LockMode mode) const {
    return held.empty() || (mode == LockMode::kShared && held.front()->mode == LockMode::kShared);
  }
};

// A thread's requests and locks. Only the thread itself calls it, but for the news.
template <class S>
class LockClient {
 public:
  explicit LockClient(Thread<S>* thread) : thread_(thread) {}

  Thread<S>* thread() const { return thread_; }
  LockRequest<S>* At(uint32_t index) const { return requests_.At(index); }

 private:
  template <class T>
  friend class LockTable;

  Thread<S>* const thread_;
  Pool<LockRequest<S>> requests_;
  List<LockRequest<S>, InLockNews> news_;  // under the table's lock
};

// The process's Web Locks (https://w3c.github.io/web-locks/): who holds which name, and who waits for it, in the order
// of their requests. It stands beside the cells, since a lock can be stolen from a holder that lives: a cell's ledger
// is written by its holder alone.
//
// Nothing is decided anywhere else, so nothing can be torn apart: a request is made, granted, stolen and ended under
// the table's lock, and the threads that are to hear of it are signalled after that.
//
//   its thread                      the table                        another thread
//   ----------                      ---------                        --------------
//   Request ----------------------> held; or in the queue
//   Look: is it held by now? -----> (a look, nothing changes)
//                                   served <------------------------ End of what stood before it
//                                   in the news of its thread
//   TakeNews: it is held <--------- (a look, nothing changes)
//                                   stolen, in the news <----------- Request, which steals
//   End -------------------------->  the next are served; what was stolen is forgotten only
//
// A thread that ends in whichever state ends all it has (Die): what was granted to it and it has not heard of, too.
//
// Lock order: the table's, then a thread's.
template <class S>
class LockTable {
  using Lock = typename S::Lock;

 public:
  using Client = LockClient<S>;
  using Request = LockRequest<S>;

  // Null when it is not made, since it could not be granted. `at_once` says whether it was; what became of it since is
  // in the news.
  Request* Make(Client* client, std::u16string_view text, LockMode mode, LockUrgency urgency, uint32_t copy = 0) {
    AtPoint("asking");
    const int64_t now = S::Nanoseconds();
    Wakes<S> wakes;
    Request* request = nullptr;
    {
      Lock lock(mutex_);
      auto it = names_.find(text);
      const bool free = it == names_.end() || (it->second.queue.empty() && it->second.CanHold(mode));
      if (!free && urgency == LockUrgency::kIfAvailable) return nullptr;
      if (it == names_.end()) {
        it = names_.try_emplace(std::u16string(text)).first;
        it->second.text = &it->first;
      }
      LockName<S>* name = &it->second;
      const uint32_t index = client->requests_.Add();
      request = client->requests_.At(index);
      request->client = client;
      request->index = index;
      request->copy = copy;
      request->mode = mode;
      request->name = name;
      request->since = now;
      if (urgency == LockUrgency::kSteals) {
        while (Request* holder = name->held.front()) Steal(holder, &wakes);
      }
      request->at_once = free || urgency == LockUrgency::kSteals;
      if (request->at_once) {
        Hold(request);
      } else {
        const Request* holder = name->held.front();
        request->comes_next = name->queue.empty() && holder == name->held.back() && holder->client != client;
        name->queue.PushBack(request);
        pending_.PushBack(request);
      }
    }
    AtPoint("asked");
    return request;
  }

  // The thread looks for its turn before its loop is to hear of it: `spin(look)` calls look() until that says so, or it
  // has looked long enough. `at_once` says whether it came. Meanwhile the thread need not be signalled, for this or for
  // anything else: what came beside it is signalled at the end.
  template <class Spin>
  void Look(Request* request, Spin spin) {
    Thread<S>* thread = request->client->thread();
    thread->BeginSyncWait();
    if (spin([request] { return request->was_granted.load(); })) TakeGrant(request);
    thread->EndSyncWait();
  }

  // The thread gives the lock back, or waits for it no longer. The request is gone. Returns what it was.
  LockState End(Request* request) {
    AtPoint("unlocking");
    Wakes<S> wakes;
    LockState state;
    {
      Lock lock(mutex_);
      state = request->state;
      Forget(request, &wakes);
    }
    AtPoint("unlocked");
    return state;
  }

  // The thread waits no longer. What was decided by now counts: then it has heard of it. Returns what it was, kPending
  // when it is gone.
  LockState EndIfPending(Request* request) {
    Wakes<S> wakes;
    Lock lock(mutex_);
    const LockState state = request->state;
    state == LockState::kPending ? Forget(request, &wakes) : Heard(request);
    return state;
  }

  // Of which copy the first request is that the thread has not heard of. False when there is none.
  bool HasNews(Client* client, uint32_t* copy) {
    Lock lock(mutex_);
    const Request* first = client->news_.front();
    if (first != nullptr) *copy = first->copy;
    return first != nullptr;
  }

  // Calls f(request, was_granted, is_stolen) for up to `most` requests of the copy that something became of. They have
  // been heard of then. Who was stolen from is to end it.
  template <class F>
  void TakeNews(Client* client, uint32_t copy, uint32_t most, F f) {
    Lock lock(mutex_);
    for (Request *request = client->news_.front(), *next; request != nullptr && most > 0; request = next) {
      next = client->news_.after(request);
      if (request->copy != copy) continue;
      most--;
      f(request, request->was_granted, request->state == LockState::kStolen);
      Heard(request);
    }
  }

  // The thread ends: all it has and waits for is others'. One at a time, since others wait for the table meanwhile;
  // what of its own is granted on the way is given back in its turn.
  void Die(Client* client) {
    client->requests_.ForEach([this](uint32_t, Request& request) { End(&request); });
  }

  // As of one moment, in the order of the grants, and of the requests.
  struct Info {
    std::u16string name;
    LockMode mode;
    int thread;
    int64_t since;
  };
  struct Snapshot {
    std::vector<Info> held, pending;
  };
  Snapshot Query() {
    Snapshot snapshot;
    Lock lock(mutex_);
    Copy(held_, &snapshot.held);
    Copy(pending_, &snapshot.pending);
    return snapshot;
  }

  // For tests: how many names there are, and room for them.
  struct Size {
    std::size_t names, buckets;
  };
  Size size() {
    Lock lock(mutex_);
    return {names_.size(), names_.bucket_count()};
  }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::u16string_view text) const { return std::hash<std::u16string_view>()(text); }
  };
  using All = List<Request, InLockTable>;

  void Hold(Request* request) {
    request->state = LockState::kHeld;
    request->name->held.PushBack(request);
    held_.PushBack(request);
  }

  // Whoever is first, as long as it can be granted: nobody is overtaken.
  void Serve(LockName<S>* name, Wakes<S>* wakes) {
    for (Request* first; (first = name->queue.front()) != nullptr && name->CanHold(first->mode);) {
      static_cast<InLockName*>(first)->Unlink();
      static_cast<InLockTable*>(first)->Unlink();
      Hold(first);
      first->since = S::Nanoseconds();
      first->was_granted = true;
      Tell(first, wakes);
    }
  }

  void Forget(Request* request, Wakes<S>* wakes) {
    static_cast<InLockName*>(request)->Unlink();
    static_cast<InLockTable*>(request)->Unlink();
    static_cast<InLockNews*>(request)->Unlink();
    if (LockName<S>* name = request->name) {
      Serve(name, wakes);
      DropIfUnused(name);
    }
    request->client->requests_.Remove(request->index);
  }

  void Steal(Request* holder, Wakes<S>* wakes) {
    holder->state = LockState::kStolen;
    holder->name = nullptr;
    static_cast<InLockName*>(holder)->Unlink();
    static_cast<InLockTable*>(holder)->Unlink();
    Tell(holder, wakes);
  }

  void Tell(Request* request, Wakes<S>* wakes) {
    if (!static_cast<InLockNews*>(request)->linked()) request->client->news_.PushBack(request);
    wakes->DeliverNews(request->client->thread());
  }

  // Unless it was stolen since: of that it is to hear with the news.
  void TakeGrant(Request* request) {
    Lock lock(mutex_);
    if (request->state != LockState::kHeld) return;
    request->at_once = true;
    Heard(request);
    if (request->client->news_.empty()) request->client->thread()->TakeNews();
  }

  void Heard(Request* request) {
    request->was_granted = false;
    static_cast<InLockNews*>(request)->Unlink();
  }

  void DropIfUnused(LockName<S>* name) {
    if (!name->held.empty() || !name->queue.empty()) return;
    names_.erase(names_.find(*name->text));
    // The table grows by itself, and does not shrink by itself.
    if (names_.bucket_count() > 1024 && names_.size() < names_.bucket_count() / 8) names_.rehash(0);
  }

  static void Copy(const All& all, std::vector<Info>* infos) {
    for (Request* each = all.front(); each != nullptr; each = all.after(each)) {
      infos->push_back({*each->name->text, each->mode, each->client->thread()->id, each->since});
    }
  }

  typename S::Mutex mutex_;
  std::unordered_map<std::u16string, LockName<S>, Hash, std::equal_to<>> names_;
  All held_;
  All pending_;
};

}  // namespace efd
