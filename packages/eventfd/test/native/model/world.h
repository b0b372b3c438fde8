#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lib/actor.h"
#include "model/condition.h"
#include "model/sync.h"

// Actors around one cell (and at times a second) in a waiting room, and the oracle that watches them.
namespace model {

using test::Got;

class World;
class Host;
using ModelActor = test::Actor<ModelSync, Host>;
using ModelWaiter = efd::Waiter<ModelSync>;

// An actor's waker, and its line to the oracle.
class Host final : public efd::Waker {
 public:
  static constexpr int kSpins = 2;  // iterations of a spin, at most

  // `sleeper`: one thing wakes it from a sync wait, another its loop, as efd::AsyncWaker has it.
  Host(World* world, int actor, bool sleeper) : world_(world), actor_(actor), has_sleeper_(sleeper) {}

  void Signal() override {
    if (has_sleeper_) {
      CHECK_SAYS(!ended_, "a retired waker is signalled");
      if (sleeper_.Signal()) return;
    }
    Explorer::Before({Kind::kSignal, &wakes_});
    CHECK_SAYS(!ended_, "a retired waker is signalled");
    wakes_ = signalled_ = true;
  }
  // The slice of a sync wait ends.
  void EndSlice() {
    Explorer::Before({Kind::kSignal, &wakes_});
    wakes_ = slice_over_ = true;
  }
  bool Sleep(bool timed);
  bool Turn(bool timed);
  bool Nap() { return Sleep(/*timed=*/true); }
  bool EndsSlice(bool timed) const { return timed || boundaries == dies_at || slice_ended_; }
  void Boundary();
  void Ended() { ended_ = true; }

  void Queued(ModelWaiter* waiter);
  void Looks(ModelWaiter* waiter);
  void Resumed(ModelWaiter* waiter, efd::Outcome outcome);
  void Left(ModelWaiter* waiter);
  void Blocked(ModelWaiter* waiter, uint64_t order);
  void Deadlocked(const std::vector<efd::DeadlockStep>& cycle);
  void Blocks() { blocks = true; }
  void BlocksNoMore() { blocks = false; }
  void OwesService(bool owes) { owes_service = owes; }
  void Spins();
  void SpinsNoMore() { spins = false; }
  void BeginsTaking(const int32_t* cell, const ModelWaiter* as = nullptr) {
    taking = cell;
    takes_as = as;
  }
  void EndsTaking() { taking = nullptr; }
  int64_t Now() const;

  int dies_at = -1;  // at which boundary; -1: never
  int boundaries = 0;
  bool spins = false;
  bool blocks = false;                    // in a sync wait, or about to be or not to be
  bool owes_service = false;              // it has released, and not served the queue
  const int32_t* taking = nullptr;        // the cell whose fast path it is in
  const ModelWaiter* takes_as = nullptr;  // ... or that it arrives at
  bool busy = false;                      // inside a call from JavaScript
  const ModelWaiter* blocked = nullptr;   // on a mutex, without a timeout
  uint64_t blocked_since = 0;             // the later, the greater
  int actor() const { return actor_; }
  const bool* signal_word() const { return &wakes_; }

 private:
  bool SleepByWaker(bool ends);

  World* const world_;
  const int actor_;
  const bool has_sleeper_;
  efd::Sleeper<ModelCondition> sleeper_;
  bool wakes_ = false;        // from its sleep; with a sleeper, from its loop's
  bool slice_over_ = false;   // ... because its time is up
  bool signalled_ = false;    // ... because of a signal
  bool slice_ended_ = false;  // it did so with the last sleep
  bool ended_ = false;
};

// What a scenario's actor can do.
class Self {
 public:
  Self(World* world, int actor);
  ~Self();

  // The first cell. `timed`: the wait may run out of time, at any moment.
  Got Sync(int32_t permits = 1, bool timed = false) {
    return Note("sync", Took(0, permits, actor_.AcquireSync(at(0), permits, timed)));
  }
  Got Async(int32_t permits = 1, bool timed = false) {
    return Note("async", Took(0, permits, actor_.Acquire(at(0), permits, timed)));
  }
  bool Try(int32_t permits = 1) {
    return Took(0, permits, actor_.TryAcquire(at(0), permits) ? Got::kPermits : Got::kTimeout) == Got::kPermits;
  }
  void Release(int32_t permits = 1, int cell = 0);
  // As a mutex is locked: without a timeout, and looking for deadlocks.
  Got Lock(int cell);
  Got SyncOn(int cell, int32_t permits = 1) {
    return Took(cell, permits, actor_.AcquireSync(at(cell), permits, false));
  }

  // Its waits are of this priority from now on.
  Self& As(int priority) {
    actor_.priority = priority;
    return *this;
  }
  // So long that who waits counts one level higher.
  void LetTimePass();

  // An async wait that is begun now and awaited, or aborted, later.
  ModelWaiter* Park(int32_t permits = 1, efd::Role role = efd::Role::kTaker);
  Got Await(ModelWaiter* waiter, bool timed = false);
  void Abort(ModelWaiter* waiter) { actor_.Abort(waiter); }
  Got parked() const { return parked_; }

  void Grow(int32_t permits, int32_t recalled = 0);
  void Close();
  void Notify(int32_t count);
  void SetEvent();
  void SetBroken(bool broken);
  void Post(int32_t permits = 1) { actor_.Post(at(0), permits); }
  Got Wait(int32_t want, efd::Role role = efd::Role::kTaker, bool timed = false) {
    return Note("wait", actor_.WaitSync(at(0), want, role, timed));
  }
  // Something that the second cell, used as a mutex, guards.
  bool& guarded();
  // Lets go of both cells and leaves the arena. Who was the last there unmaps it.
  void LeaveArena();
  void Inspect();
  // Notes where so many permits were acquired that it holds.
  efd::HoldNotes::Id NoteHold(int32_t permits);
  void DropHold(efd::HoldNotes::Id hold);
  // For who holds a mutex: whether its last owner died must be known now, and to nobody later.
  void LearnOfDeath();

  ModelActor::Attachment* at(int cell) const { return at_[cell]; }
  Host& host() { return host_; }
  ModelActor& actor() { return actor_; }
  bool died() const { return died_; }
  bool is_attached() const { return !died_ && !left_; }

  // Between runs
  void Run(void (*body)(Self&));

 private:
  Got Took(int cell, int32_t permits, Got got);
  Got Note(const char* what, Got got);

  World* const world_;
  Host host_;
  ModelActor actor_;
  ModelActor::Attachment* at_[2];
  int32_t held_[2] = {};
  int32_t parked_want_ = 0;
  Got parked_ = Got::kTimeout;
  bool died_ = false;
  bool left_ = false;
};

struct Scenario {
  using Body = void (*)(Self&);
  const char* name;
  int32_t permits;
  std::vector<Body> actors;
  int32_t kind = efd::kSemaphore;
  int32_t flags = 0;
  int32_t max = efd::kMaxPermits;
  int mortal = -1;         // the actor that dies at each of its boundaries in turn
  Body prepare = nullptr;  // run by each actor before the schedule begins
  bool all = false;        // small enough to see everything in seconds
  int32_t second_permits = 1;
  int spinning = 0;    // how many may spin at a time
  bool grows = false;  // the table of the waiting room: it begins with one bucket
  int32_t max_waiting = -1;
  int32_t aging = efd::kDefaultAging;
  bool sleeper = false;  // see Host
};

class World final : public Program {
 public:
  // A thread that can race is owed at its so many-th look in vain; a promise at the first.
  World(const Scenario* scenario, int dies_at, int looks = 2) : scenario_(scenario), dies_at_(dies_at), looks_(looks) {}

  int actors() const override { return static_cast<int>(scenario_->actors.size()); }
  void Begin() override;
  void Run(int actor) override { selves_[actor]->Run(scenario_->actors[static_cast<std::size_t>(actor)]); }
  void AfterStep() override;
  void End() override;
  const char* NameOf(const void* object) const override;

  // Whether the mortal actor got as far as its death in any run.
  bool any_died() const { return any_died_; }

  // Whether any waiter was passed over without being owed.
  bool any_napped() const { return any_napped_; }

  // How much of its patience has passed between two looks of a thread.
  int64_t TimeOfLook(const ModelWaiter* waiter) const;

  // One for all, unless the scenario is about its growth.
  static efd::Room<ModelSync>& TheRoom() {
    static auto* room = new efd::Room<ModelSync>;
    return small_room_ != nullptr ? *small_room_ : *room;
  }

  // For hosts

  int64_t Now();
  void LetTimePass();
  void CheckSpinning() const;
  void Queued(int actor, ModelWaiter* waiter) {
    queue_.push_back({waiter, actor, 0, ++last_arrival_, Standing{waiter->priority, waiter->since}});
  }
  void Resumed(ModelWaiter* waiter, efd::Outcome outcome);
  void Left(ModelWaiter* waiter);
  void Blocked(int actor);
  void CheckDeadlock(const std::vector<efd::DeadlockStep>& cycle);
  void Died(int actor);
  // Nobody may be inside a call now: then every permit can be told.
  void CheckConserved();

 private:
  friend class Self;

  struct Standing {
    int priority;
    int64_t since;
  };

  struct Waiting {
    ModelWaiter* waiter;
    int actor;
    int lost;  // how often it was woken and found nothing
    uint64_t arrival;
    Standing standing;
    bool seen_served = false;
    bool queued() const { return waiter->queue != nullptr; }
    bool served() const { return waiter->outcome != efd::Outcome::kWaiting; }
  };

  static void OnLoad(const int32_t* word);
  static void OnWrite(int32_t* word, int32_t before, int32_t after);

  std::vector<Waiting>::iterator Find(ModelWaiter* waiter);
  void UnmapIfLeft();
  bool IsWriter(const Waiting& each) const;
  bool MayBePassed(const Waiting& each) const;
  bool Outranks(const Standing& a, const Standing& b) const;
  bool ComesBefore(std::size_t i, std::size_t j) const;
  int MostLost(const Waiting& each) const;
  void CheckServed() const;
  bool WaitsFor(int actor, int other, const int32_t* cell) const;
  bool has_ledger() const { return scenario_->kind <= efd::kRwLock; }

  const Scenario* const scenario_;
  const int dies_at_;
  const int looks_;
  bool any_died_ = false;
  bool any_napped_ = false;
  bool guarded_ = false;
  bool owner_died_ = false;  // and nobody has been told
  bool unmapped_ = false;    // the memory, when the last has left it

  alignas(64) uint8_t memory_[32 * 64];
  std::unique_ptr<efd::Arena> arena_;
  uint32_t offsets_[2];
  int32_t* cells_[2];
  std::unique_ptr<Self> selves_[kMaxActors];
  std::vector<Waiting> queue_;  // in order of arrival
  uint64_t last_arrival_ = 0;
  int64_t now_ = 0;  // in nanoseconds
  efd::Roster<ModelSync> roster_;
  int32_t inside_[2];  // by the actors' own count
  static inline World* current_ = nullptr;
  static inline std::unique_ptr<efd::Room<ModelSync>> small_room_;
};

}  // namespace model
