#include "model/sequences.h"

#include <unordered_set>

#include "lib/parties.h"

namespace sequences {

using efd::Outcome;
using efd::RealSync;
using efd::Role;
using test::TheRoom;
using test::Waiter;

namespace {

struct Step {
  Verb verb;
  int8_t who;
};

struct Sequence {
  Step steps[kMostSteps];
  int length = 0;
};

const char* NameOf(Verb verb) {
  static constexpr const char* kNames[] = {"arrives",
                                           "tries",
                                           "gives up",
                                           "runs out of time",
                                           "releases",
                                           "releases, but does not serve",
                                           "looks, blocked",
                                           "looks, blocked, and its patience is over",
                                           "goes to run JavaScript",
                                           "blocks again",
                                           "looks",
                                           "serves",
                                           "blocks elsewhere",
                                           "runs again",
                                           "dies",
                                           "set",
                                           "reset",
                                           "post",
                                           "post 2",
                                           "notify",
                                           "notify 2",
                                           "grow",
                                           "shrink",
                                           "grow and recall",
                                           "close",
                                           "break",
                                           "make whole",
                                           "a second passes"};
  return kNames[static_cast<int>(verb)];
}
bool OfSlot(Verb verb) {
  return verb <= Verb::kNextSlice;
}
bool OfThread(Verb verb) {
  return verb >= Verb::kLook && verb <= Verb::kDie;
}
bool OfNobody(Verb verb) {
  return verb >= Verb::kSet;
}

std::size_t At(int i) {
  return static_cast<std::size_t>(i);
}

// The cell, its threads and the specification, and one sequence that is run on them.
class World {
 public:
  explicit World(const Setup& setup)
      : setup_(setup),
        place_(setup.kind.kind == efd::kBarrier ? 0 : setup.kind.permits, setup.kind.flags, setup.kind.max,
               setup.kind.kind, setup.kind.max_waiting, setup.kind.ages ? kSecond : -1),
        spec_(setup.kind, setup.slots, CountThreads(setup)),
        waiters_(setup.slots.size(), nullptr),
        parked_(setup.slots.size(), false),
        in_slice_(setup.slots.size(), false) {
    // As the classes make them.
    place_.cell[efd::kTotal] = setup.kind.permits;
    for (std::size_t i = 0; i < spec_.threads.size(); i++) parties_.push_back(std::make_unique<test::Party>(place_));
  }
  ~World() {
    for (std::size_t i = 0; i < parties_.size(); i++) {
      if (!spec_.threads[i].dead) parties_[i]->Die();
    }
  }

  // What can be done next.
  void ForEachStep(void (*f)(void*, Step), void* data) const {
    const auto offer = [&](Verb verb, int who) {
      if (CanDo(verb, who)) f(data, {verb, static_cast<int8_t>(who)});
    };
    for (int slot = 0; slot < static_cast<int>(waiters_.size()); slot++) {
      for (const Verb verb : {Verb::kArrive, Verb::kAbort, Verb::kExpire, Verb::kLookSync, Verb::kLookLate,
                              Verb::kEndSlice, Verb::kNextSlice}) {
        offer(verb, slot);
      }
    }
    for (int thread = 0; thread < static_cast<int>(parties_.size()); thread++) {
      offer(Verb::kLook, thread);
      offer(Verb::kServe, thread);
    }
    for (const Verb verb : setup_.verbs) {
      const int count = OfSlot(verb)     ? static_cast<int>(waiters_.size())
                        : OfThread(verb) ? static_cast<int>(parties_.size())
                                         : 1;
      for (int who = 0; who < count; who++) offer(verb, who);
    }
  }

  void Do(Step step) {
    Act(step);
    for (const Waiter* w : waiters_) {
      Check(w == nullptr || w->outcome == Outcome::kWaiting || w->ready, "its thread is not told of what is decided");
    }
  }

  void Act(Step step) {
    const int who = step.who;
    switch (step.verb) {
      case Verb::kArrive:
        return Arrive(who);
      case Verb::kTry:
        return Try(who);
      case Verb::kAbort:
        return GiveUp(who);
      case Verb::kExpire:
        return Expire(who);
      case Verb::kRelease:
      case Verb::kReleaseOnly:
        return Release(who, step.verb == Verb::kRelease);
      case Verb::kLookSync:
      case Verb::kLookLate:
        return LookSync(who, step.verb == Verb::kLookLate);
      case Verb::kEndSlice:
        return EndSlice(who);
      case Verb::kNextSlice:
        return BeginSlice(who);
      case Verb::kLook:
        return Look(who);
      case Verb::kServe:
        spec_.threads[At(who)].owes_service = false;
        TheRoom().Serve(place_.cell);
        return Settle();
      case Verb::kElsewhere:
        spec_.threads[At(who)].elsewhere = true;
        thread(who)->BeginSyncWait();
        TheRoom().BeginBlocking(thread(who));
        return Settle();
      case Verb::kBack:
        spec_.threads[At(who)].elsewhere = false;
        TheRoom().EndBlocking(thread(who));
        thread(who)->EndSyncWait();
        return Settle();
      case Verb::kDie:
        return Die(who);
      case Verb::kSet:
        if (setup_.kind.auto_reset()) {
          spec_.given = 1;
        } else {
          spec_.free = 1;
        }
        TheRoom().SetEvent(place_.cell);
        return Settle();
      case Verb::kReset: {
        const bool taken = efd::TryTake<RealSync>(place_.cell, nullptr, 1) == efd::kTaken;
        Check(taken == (spec_.free > 0), "reset takes what is not set, or leaves it");
        spec_.free = 0;
        return Settle();
      }
      case Verb::kPost:
      case Verb::kPostTwo:
        return Post(step.verb == Verb::kPost ? 1 : 2);
      case Verb::kNotify:
      case Verb::kNotifyTwo:
        spec_.given = step.verb == Verb::kNotify ? 1 : 2;
        TheRoom().Notify(place_.cell, spec_.given);
        return Settle();
      case Verb::kGrow:
      case Verb::kShrink: {
        const int32_t delta = step.verb == Verb::kGrow ? 1 : -1;
        spec_.total += delta;
        spec_.free += delta;
        Check(TheRoom().Resize(place_.cell, delta), "there is no room for the permits");
        return Settle();
      }
      case Verb::kLend:
        spec_.total += 1;
        spec_.free += 1;
        spec_.recalled = 1;
        Check(TheRoom().Resize(place_.cell, 1, 1), "there is no room for the permit");
        return Settle();
      case Verb::kClose:
        spec_.closed = true;
        TheRoom().Close(place_.cell);
        return Settle();
      case Verb::kBreak:
      case Verb::kMakeWhole:
        spec_.Break(step.verb == Verb::kMakeWhole);
        TheRoom().SetBroken(place_.cell, step.verb == Verb::kBreak);
        return Settle();
      case Verb::kLater:
        spec_.now++;
        return Settle();
    }
  }

  // All that decides how it goes on.
  std::string Key() const {
    std::string key;
    const auto add = [&](int value) { key.push_back(static_cast<char>(value)); };
    for (const int32_t value : {place_.cell[efd::kState], spec_.total}) {
      for (int i = 0; i < 4; i++) add(value >> (8 * i));
    }
    add(spec_.closed << 1 | static_cast<int>(spec_.broken));
    for (std::size_t i = 0; i < waiters_.size(); i++) {
      const Waiter* w = waiters_[i];
      add(static_cast<int>(spec_.is[i]) << 4 | spec_.lost[i] << 3);
      add(w == nullptr ? 0 : 4 | w->ready << 1 | static_cast<int>(w->owed));
      add(std::count(spec_.begun.begin(), spec_.begun.end(), static_cast<int>(i)) > 0 ? spec_.now - spec_.since[i] : 0);
      add(w == nullptr ? 0 : in_slice_[i] << 2 | w->naps << 1 | static_cast<int>(w->patient_until != 0));
    }
    for (const auto* list : {&spec_.queue, &spec_.begun, &ready_}) {
      for (const int slot : *list) add(slot + 1);
      add(0);
    }
    for (std::size_t i = 0; i < parties_.size(); i++) {
      const auto& t = spec_.threads[i];
      add(t.dead | t.elsewhere << 1 | t.blocking << 2 | t.owes_service << 3 | t.party << 4 |
          (parties_[i]->waker.signals > 0) << 5);
    }
    return key;
  }

 private:
  static std::size_t CountThreads(const Setup& setup) {
    int last = 0;
    for (const Slot& slot : setup.slots) last = std::max(last, slot.thread);
    return At(last + 1);
  }

  const Slot& slot(int i) const { return setup_.slots[At(i)]; }
  test::Party& party(int i) const { return *parties_[At(i)]; }
  efd::Thread<RealSync>* thread(int i) const { return party(i).participant.thread(); }
  Role role() const {
    return setup_.kind.kind == efd::kCondition ? Role::kNotified
           : setup_.kind.kind == efd::kBarrier ? Role::kParty
                                               : Role::kTaker;
  }

  bool CanDo(Verb verb, int who) const {
    if (OfNobody(verb)) {
      if (verb == Verb::kClose) return !spec_.closed;
      // So that there is an end to it: no more posts than two that nobody has seen.
      if (verb == Verb::kPost || verb == Verb::kPostTwo) {
        return spec_.free + std::count(spec_.is.begin(), spec_.is.end(), Is::kGranted) < 2;
      }
      if (verb == Verb::kGrow || verb == Verb::kLend) return spec_.total < setup_.kind.max;
      if (verb == Verb::kShrink) return spec_.total > 0;
      // Until who has waited for longest counts higher than whoever may come.
      if (verb == Verb::kLater) return !spec_.begun.empty() && spec_.now - spec_.since[At(Oldest())] < kMostPriority;
      return true;
    }
    if (OfThread(verb)) {
      const auto& t = spec_.threads[At(who)];
      if (t.dead) return false;
      if (verb == Verb::kDie) return true;
      if (verb == Verb::kBack) return t.elsewhere;
      if (t.stopped()) return false;
      if (verb == Verb::kServe) return t.owes_service;
      if (verb == Verb::kLook) return !t.owes_service && thread(who)->NextReady() != nullptr;
      return !t.owes_service && HasPromise(who);  // kElsewhere
    }
    const auto& t = spec_.ThreadOf(who);
    const Is is = spec_.is[At(who)];
    if (t.dead) return false;
    if (slot(who).sync && t.blocking && is != Is::kIdle && is != Is::kHolding) {
      const Waiter* w = waiters_[At(who)];
      if (verb == Verb::kAbort || verb == Verb::kExpire) return true;
      if (!in_slice_[At(who)]) return verb == Verb::kNextSlice;
      if (verb == Verb::kEndSlice) return w->naps && !w->ready;
      return (w->ready || w->naps) && (verb == Verb::kLookSync || (verb == Verb::kLookLate && w->patient_until != 0));
    }
    if (t.stopped() || t.owes_service) return false;
    switch (verb) {
      case Verb::kArrive:
        return is == Is::kIdle;
      case Verb::kTry:
        return is == Is::kIdle && !spec_.closed;
      case Verb::kAbort:
      case Verb::kExpire:
        return is == Is::kWaiting || is == Is::kGranted || is == Is::kRefused;
      case Verb::kRelease:
      case Verb::kReleaseOnly:
        return is == Is::kHolding;
      default:
        return false;
    }
  }

  bool HasPromise(int thread) const {
    for (std::size_t i = 0; i < waiters_.size(); i++) {
      if (waiters_[i] != nullptr && setup_.slots[i].thread == thread && !setup_.slots[i].sync) return true;
    }
    return false;
  }

  int Oldest() const {
    return *std::min_element(spec_.begun.begin(), spec_.begun.end(),
                             [&](int a, int b) { return spec_.since[At(a)] < spec_.since[At(b)]; });
  }

  bool TakesFast(int i, int32_t want) {
    const bool may = spec_.MayTake(want);
    const bool took = efd::TryTake<RealSync>(place_.cell, party(slot(i).thread).at->slot(), want) >= efd::kTaken;
    Check(took == may, may ? "the fast path refuses what is free" : "the fast path takes what is another's");
    if (took && (setup_.kind.counts() || setup_.kind.auto_reset())) spec_.free -= want;
    if (took && setup_.kind.has_ledger()) spec_.is[At(i)] = Is::kHolding;
    return took;
  }

  void Try(int i) {
    TakesFast(i, slot(i).want);
    Settle();
  }

  void Arrive(int i) {
    const Slot& who = slot(i);
    test::Party& at = party(who.thread);
    if (role() == Role::kTaker && TakesFast(i, who.want)) return Settle();
    Waiter* w = at.participant.NewWait(at.at, who.want, role(), who.sync);
    w->priority = static_cast<uint8_t>(who.priority);
    w->since = spec_.now * kSecond * int64_t{1'000'000};
    waiters_[At(i)] = w;
    const bool refused = spec_.closed || spec_.broken;
    const Outcome outcome = role() == Role::kParty ? TheRoom().ArriveAtBarrier(w) : TheRoom().Arrive(w);
    if (role() == Role::kParty) {
      at.at->party = true;
      at.at->life = w->life;
      spec_.threads[At(who.thread)].party = true;
    }
    Check((outcome == Outcome::kClosed) == refused, refused ? "let in where it is closed" : "refused");
    const bool full = !refused && spec_.Full(i);
    Check((outcome == Outcome::kFull) == full, full ? "one too many gets in" : "refused where there is a place");
    if (full) EndWait(i);
    if (full) return Settle();
    if (refused) return EndWait(i);
    spec_.Arrive(i);
    in_slice_[At(i)] = who.sync && outcome == Outcome::kWaiting;
    Settle();
    if (outcome != Outcome::kWaiting) {
      spec_.See(i);
      return EndWait(i);
    }
    if (!who.sync) return;
    spec_.threads[At(who.thread)].blocking = true;
    TheRoom().BeginBlocking(at.participant.thread());
    BeginSlice(i);
  }

  void BeginSlice(int i) {
    thread(slot(i).thread)->BeginSyncWait();
    in_slice_[At(i)] = true;
    parked_[At(i)] = thread(slot(i).thread)->ParkUnlessReady(waiters_[At(i)]);
    Settle();
  }

  // Who has not come back for it does not nap: it must be woken.
  void EndSlice(int i) {
    thread(slot(i).thread)->Unparked(false);
    in_slice_[At(i)] = parked_[At(i)] = false;
    TheRoom().EndNap(waiters_[At(i)]);
    thread(slot(i).thread)->EndSyncWait();
    Settle();
  }

  void EndWait(int i) {
    party(slot(i).thread).participant.EndWait(waiters_[At(i)]);
    waiters_[At(i)] = nullptr;
    in_slice_[At(i)] = false;
    ready_.erase(std::remove(ready_.begin(), ready_.end(), i), ready_.end());
  }

  void EndSync(int i) {
    EndWait(i);
    spec_.threads[At(slot(i).thread)].blocking = false;
    TheRoom().EndBlocking(thread(slot(i).thread));
    thread(slot(i).thread)->EndSyncWait();
    Settle();
  }

  void GiveUp(int i) {
    if (slot(i).sync) thread(slot(i).thread)->Unparked(false);
    TheRoom().Leave(waiters_[At(i)]);
    Waiter* left = waiters_[At(i)];
    waiters_[At(i)] = nullptr;
    spec_.Leave(i);
    Settle();
    waiters_[At(i)] = left;
    slot(i).sync ? EndSync(i) : EndWait(i);
  }

  // What was decided counts; so does what is free, for who comes first.
  void Expire(int i) {
    Waiter* w = waiters_[At(i)];
    const bool waits = spec_.Waits(i);
    const bool may = setup_.kind.counts() && spec_.Turn() == i && spec_.free >= slot(i).want;
    if (slot(i).sync) thread(slot(i).thread)->Unparked(false);
    const Outcome outcome = TheRoom().Expire(w);
    Check(!waits || may == (outcome == Outcome::kGranted), may ? "times out beside what is free" : "takes another's");
    if (outcome == Outcome::kWaiting) {
      waiters_[At(i)] = nullptr;
      spec_.Leave(i);
      Settle();
      waiters_[At(i)] = w;
    } else {
      Settle();
      spec_.See(i);
    }
    slot(i).sync ? EndSync(i) : EndWait(i);
  }

  void Release(int i, bool serve) {
    const auto result = efd::Release<RealSync>(place_.cell, party(slot(i).thread).at->slot(), slot(i).want);
    Check(result != efd::kNotHeld, "the ledger lacks what it holds");
    spec_.Put(slot(i).want);
    spec_.is[At(i)] = Is::kIdle;
    if (result == efd::kServeWaiters && serve) TheRoom().Serve(place_.cell);
    spec_.threads[At(slot(i).thread)].owes_service = result == efd::kServeWaiters && !serve;
    Settle();
  }

  // The first look in vain sets the deadline; whether it is over at the next, the sequence says instead of a clock.
  void LookSync(int i, bool late) {
    Waiter* w = waiters_[At(i)];
    party(slot(i).thread).waker.signals = 0;
    parked_[At(i)] = false;
    thread(slot(i).thread)->Unparked(true);
    if (w->patient_until != 0) w->patient_until = late ? 1 : INT64_MAX;
    const Outcome outcome = TheRoom().Resume(w);
    const bool waits = outcome == Outcome::kWaiting;
    Check(!waits || w->slot == nullptr || w->patient_until > 0, "it was overtaken, and its patience has no end");
    if (waits && (late || !setup_.kind.has_ledger())) spec_.lost[At(i)] = true;
    if (waits) parked_[At(i)] = thread(slot(i).thread)->ParkUnlessReady(w);
    Settle();
    if (waits) return;
    spec_.See(i);
    EndSync(i);
  }

  void Look(int i) {
    party(i).waker.signals = 0;
    thread(i)->Heard();
    looking_ = i;
    while (Waiter* w = thread(i)->NextReady()) {
      const int looks = static_cast<int>(std::find(waiters_.begin(), waiters_.end(), w) - waiters_.begin());
      Check(looks < static_cast<int>(waiters_.size()), "a waiter is looked at that does not wait");
      const Outcome outcome = TheRoom().Resume(w);
      spec_.lost[At(looks)] = outcome == Outcome::kWaiting;
      Settle();
      if (outcome == Outcome::kWaiting) continue;
      spec_.See(looks);
      EndWait(looks);
    }
    looking_ = -1;
    Settle();
  }

  void Post(int32_t count) {
    spec_.Put(count);
    if (efd::Post<RealSync>(place_.cell, count, /*saturate=*/true) == efd::kPostServe) TheRoom().Serve(place_.cell);
    Settle();
  }

  void Die(int i) {
    for (std::size_t j = 0; j < waiters_.size(); j++) {
      if (setup_.slots[j].thread != i) continue;
      waiters_[j] = nullptr;
      ready_.erase(std::remove(ready_.begin(), ready_.end(), static_cast<int>(j)), ready_.end());
    }
    spec_.Die(i);
    party(i).Die();
    Settle();
  }

  void Settle() {
    std::vector<Specification::Seen> seen(waiters_.size());
    for (std::size_t i = 0; i < waiters_.size(); i++) {
      const Waiter* w = waiters_[i];
      if (w == nullptr) continue;
      seen[i].woken = w->ready || Naps(i);
      seen[i].is = w->outcome == Outcome::kWaiting   ? Is::kWaiting
                   : w->outcome == Outcome::kGranted ? Is::kGranted
                                                     : Is::kRefused;
    }
    if (const char* wrong = spec_.Settle(seen)) test::Fail(__FILE__, __LINE__, wrong);
    CheckWords();
    CheckWakers();
  }

  void CheckWords() const {
    Check(place_.free() == spec_.free, "the state word says another number of free permits");
    Check(place_.cell[efd::kTotal] == spec_.total, "the total is wrong");
    Check(place_.waiting() == static_cast<int32_t>(spec_.queue.size()), "the count of waiters is wrong");
    const int turn = spec_.Turn();
    const bool queue_first = spec_.closed || (turn >= 0 && (role() == Role::kParty || spec_.IsOwed(turn)));
    Check(((place_.bits() & efd::kQueueFirst) != 0) == queue_first, "the bit \"queue first\" is wrong");
    if ((place_.bits() & efd::kHasWaiters) == 0 && !spec_.queue.empty()) {
      // Only while the head will look whatever comes.
      Check(turn >= 0 && setup_.slots[At(turn)].sync && !spec_.IsOwed(turn) &&
                (waiters_[At(turn)]->ready || Naps(At(turn))),
            "the bit \"has waiters\" is clear, and who is first sleeps");
    }
    if (!setup_.kind.has_ledger()) return;
    for (std::size_t t = 0; t < parties_.size(); t++) {
      int32_t held = 0;
      for (std::size_t i = 0; i < waiters_.size(); i++) {
        const bool noted = spec_.is[i] == Is::kHolding || (spec_.is[i] == Is::kGranted && !waiters_[i]->ready);
        if (setup_.slots[i].thread == static_cast<int>(t) && noted) held += setup_.slots[i].want;
      }
      if (!spec_.threads[t].dead) Check(parties_[t]->held() == held, "the ledger is wrong");
    }
  }

  // Whether it will look, woken or not.
  bool Naps(std::size_t i) const { return waiters_[i]->naps && in_slice_[i]; }

  // Who is to look is woken.
  void CheckWakers() {
    for (std::size_t i = 0; i < waiters_.size(); i++) {
      const Waiter* w = waiters_[i];
      const bool listed = std::find(ready_.begin(), ready_.end(), static_cast<int>(i)) != ready_.end();
      const bool ready = w != nullptr && w->ready;
      if (ready && !listed) ready_.push_back(static_cast<int>(i));
      if (!ready && listed) ready_.erase(std::find(ready_.begin(), ready_.end(), static_cast<int>(i)));
      const int thread = setup_.slots[i].thread;
      if (!ready || thread == looking_) continue;
      const bool asleep = w->sync ? parked_[i] : !spec_.threads[At(thread)].stopped();
      Check(!asleep || party(thread).waker.signals > 0, "a thread is not woken for what it is to look at");
    }
  }

  static void Check(bool holds, const char* what) {
    if (!holds) test::Fail(__FILE__, __LINE__, what);
  }

  static constexpr int32_t kSecond = 1000;
  static constexpr int kMostPriority = 2;  // of the setups'

  const Setup& setup_;
  test::Place place_;
  Specification spec_;
  std::vector<std::unique_ptr<test::Party>> parties_;
  std::vector<Waiter*> waiters_;  // of the slots; null where none waits
  std::vector<int> ready_;        // slots whose waiters are ready, in the order that they became it
  std::vector<bool> parked_;      // of blocked threads: sleeps
  std::vector<bool> in_slice_;    // ... does not run JavaScript in between
  int looking_ = -1;              // a thread whose loop turns
};

// For a failure.
const Setup* trying;
Sequence now;

void Print() {
  printf("the sequence:\n");
  for (int i = 0; i < now.length; i++) {
    const Step& step = now.steps[i];
    if (OfNobody(step.verb)) {
      printf("  %s\n", NameOf(step.verb));
    } else if (OfThread(step.verb)) {
      printf("  thread %d %s\n", step.who, NameOf(step.verb));
    } else {
      const Slot& slot = trying->slots[At(step.who)];
      printf("  %c (thread %d, %s, wants %d, priority %d) %s\n", 'A' + step.who, slot.thread,
             slot.sync ? "blocking" : "a promise", slot.want, slot.priority, NameOf(step.verb));
    }
  }
}

}  // namespace

Tried Try(const Setup& setup, int longest) {
  trying = &setup;
  test::before_exit = Print;
  Tried tried;
  std::unordered_set<std::string> known;
  std::vector<Sequence> frontier(1), next;
  known.insert(World(setup).Key());
  std::vector<Step> steps;
  for (; tried.longest < longest && !frontier.empty(); tried.longest++) {
    for (const Sequence& sequence : frontier) {
      steps.clear();
      {
        World world(setup);
        now.length = 0;
        for (int i = 0; i < sequence.length; i++) {
          now.steps[now.length++] = sequence.steps[i];
          world.Do(sequence.steps[i]);
        }
        world.ForEachStep([](void* data, Step step) { static_cast<std::vector<Step>*>(data)->push_back(step); },
                          &steps);
      }
      for (const Step& step : steps) {
        World world(setup);
        now = sequence;
        for (int i = 0; i < sequence.length; i++) world.Do(sequence.steps[i]);
        now.steps[now.length++] = step;
        world.Do(step);
        tried.sequences++;
        if (known.insert(world.Key()).second) next.push_back(now);
      }
    }
    frontier.swap(next);
    next.clear();
  }
  tried.states = known.size();
  tried.all = frontier.empty();
  test::before_exit = nullptr;
  return tried;
}

}  // namespace sequences
