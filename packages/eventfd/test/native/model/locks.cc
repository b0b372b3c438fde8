#include "model/locks.h"

namespace model {

using efd::LockMode;
using efd::LockState;
using efd::LockUrgency;

namespace {

constexpr const char16_t* kWebLock = u"k";
constexpr const char16_t* kOtherWebLock = u"o";

void Uses(Locker& self) {
  self.Use(kWebLock);
}

void UsesTwice(Locker& self) {
  self.Use(kWebLock);
  self.Use(kWebLock);
}

void Reads(Locker& self) {
  self.Use(kWebLock, LockMode::kShared);
}

// The first is granted, the second waits for it or for others.
void AsksTwice(Locker& self) {
  const int first = self.Ask(kWebLock), second = self.Ask(kWebLock);
  self.Await(first);
  self.End(first);
  self.Await(second);
  self.End(second);
}

// The shared one stands behind.
void WritesThenReads(Locker& self) {
  const int writes = self.Ask(kWebLock), reads = self.Ask(kWebLock, LockMode::kShared);
  self.Await(writes);
  self.End(writes);
  self.Await(reads);
  self.End(reads);
}

void Steals(Locker& self) {
  self.End(self.Ask(kWebLock, LockMode::kExclusive, LockUrgency::kSteals));
}

// Who was stolen from ends in its time.
void HoldsAndMayLose(Locker& self) {
  const int held = self.Ask(kWebLock);
  self.Await(held);
  self.End(held);
  self.Use(kWebLock);
}

void Aborts(Locker& self) {
  self.End(self.Ask(kWebLock));
}

void RunsOutOfTime(Locker& self) {
  const int asked = self.Ask(kWebLock);
  if (self.Expire(asked)) self.End(asked);
}

void TriesAndUses(Locker& self) {
  const int asked = self.Ask(kWebLock, LockMode::kExclusive, LockUrgency::kIfAvailable);
  if (asked >= 0) self.End(asked);
  self.Use(kOtherWebLock);
}

// The second may be granted while it is looked for, and the first beside it.
void AsksForBoth(Locker& self) {
  const int one = self.Ask(kWebLock), other = self.Ask(kOtherWebLock);
  self.Await(one);
  self.Await(other);
  self.End(one);
  self.End(other);
}

void HoldsBothIfAvailable(Locker& self) {
  const int one = self.Ask(kWebLock);
  self.Await(one);
  const int other = self.Ask(kOtherWebLock, LockMode::kExclusive, LockUrgency::kIfAvailable);
  self.End(one);
  if (other >= 0) self.End(other);
}

}  // namespace

std::vector<LockScenario> LockScenarios() {
  return {
      {.name = "web lock, used by two", .actors = {UsesTwice, UsesTwice}, .all = true},
      {.name = "web lock, asked for twice by a thread", .actors = {AsksTwice, UsesTwice}, .all = true},
      {.name = "web lock, used by three", .actors = {Uses, Uses, Uses}},
      {.name = "web lock, shared by two, one to itself", .actors = {Reads, Reads, WritesThenReads}},
      {.name = "web lock, stolen", .actors = {HoldsAndMayLose, Steals}, .all = true},
      {.name = "web lock, stolen by two", .actors = {Uses, Steals, Steals}},
      {.name = "web lock, an abort and a timeout", .actors = {Aborts, RunsOutOfTime, Uses}},
      {.name = "web lock, if available", .actors = {TriesAndUses, Uses, TriesAndUses}},
      {.name = "web lock, looked for while another is granted",
       .actors = {AsksForBoth, HoldsBothIfAvailable},
       .all = true},
      {.name = "web lock, a death, of two", .actors = {AsksTwice, UsesTwice}, .mortal = 0, .all = true},
      {.name = "web lock, a death, of three", .actors = {WritesThenReads, Uses, Reads}, .mortal = 0},
      {.name = "web lock, a thief dies", .actors = {Steals, Uses, Uses}, .mortal = 0},
      {.name = "web lock, who was stolen from dies", .actors = {HoldsAndMayLose, Steals}, .mortal = 0, .all = true},
  };
}

Locker::Locker(LocksWorld* world, int actor)
    : world_(world), participant_(&LocksWorld::TheRoom(), this, world->table.get()) {
  participant_.thread()->id = actor;
}

void Locker::Signal() {
  Explorer::Before({Kind::kSignal, &wakes_});
  CHECK_SAYS(!ended_, "a retired waker is signalled");
  wakes_ = true;
}

void Locker::Boundary() {
  if (boundaries_++ == dies_at) throw Died();
}

void Locker::Run(void (*body)(Locker&)) {
  try {
    body(*this);
    Boundary();
  } catch (const Died&) {
    died = true;
    Explorer::Note("dies");
  }
  // What it holds comes back within Die(), and the next may enter.
  mine.clear();
  participant_.Die();
  ended_ = true;
}

int Locker::Ask(const char16_t* name, LockMode mode, LockUrgency urgency) {
  Boundary();
  Request* request = world_->table->Make(participant_.lock_client(), name, mode, urgency);
  if (request == nullptr) return -1;
  // As RoomEnv::MakeLock.
  if (request->comes_next) world_->table->Look(request, [](auto look) { return look(); });
  mine.push_back({name, request, mode, false, false});
  Explorer::Note(request->at_once ? "asks, and has the lock" : "asks, and waits");
  // Somebody may have stolen it by now, of which it is to hear.
  if (request->at_once) Enter(&mine.back());
  return static_cast<int>(mine.size()) - 1;
}

bool Locker::Await(int number) {
  for (;;) {
    Boundary();
    const Mine& each = mine[static_cast<std::size_t>(number)];
    if (each.stolen) return false;
    if (each.inside) return true;
    Explorer::Before({Kind::kSleep, &wakes_, &wakes_, true});
    wakes_ = false;
    Hear();
  }
}

void Locker::End(int number) {
  Boundary();
  Explorer::Note("ends it");
  Mine& each = mine[static_cast<std::size_t>(number)];
  each.inside = false;
  world_->table->End(std::exchange(each.request, nullptr));
}

bool Locker::Expire(int number) {
  Boundary();
  Mine& each = mine[static_cast<std::size_t>(number)];
  const LockState state = world_->table->EndIfPending(each.request);
  Explorer::Note(state == LockState::kPending ? "its time is up" : "its time would have been up");
  if (state == LockState::kPending) each.request = nullptr;
  if (state == LockState::kHeld && !each.inside) Enter(&each);
  return state != LockState::kPending;
}

void Locker::Use(const char16_t* name, LockMode mode) {
  const int asked = Ask(name, mode);
  Await(asked);
  End(asked);
}

// As RoomEnv::TellOfLocks.
void Locker::Hear() {
  participant_.thread()->Heard();
  uint32_t copy = 0;
  if (!participant_.thread()->TakeNews()) return;
  while (world_->table->HasNews(participant_.lock_client(), &copy)) {
    std::vector<Mine*> entered;
    world_->table->TakeNews(participant_.lock_client(), copy, 2, [&](Request* request, bool granted, bool stolen) {
      for (Mine& each : mine) {
        if (each.request != request) continue;
        if (granted && !stolen) entered.push_back(&each);
        if (stolen) {
          each.stolen = true;
          each.inside = false;
        }
      }
    });
    for (Mine* each : entered) Enter(each);
  }
}

void Locker::Enter(Mine* entered) {
  Explorer::Note("is inside");
  CHECK_SAYS(!entered->inside, "a thread is told twice that a lock is its own");
  entered->inside = true;
  for (const Mine& each : mine) {
    if (&each == entered) break;
    CHECK_SAYS(each.request == nullptr || each.name != entered->name || each.request->state != LockState::kPending,
               "a request has overtaken one that was made before it");
  }
  world_->CheckAlone(this, *entered);
}

void LocksWorld::Begin() {
  table = std::make_unique<efd::LockTable<ModelSync>>();
  for (int i = 0; i < actors(); i++) {
    lockers_[i] = std::make_unique<Locker>(this, i);
    if (i == scenario_->mortal) lockers_[i]->dies_at = dies_at_;
  }
  any_died_ = false;
}

void LocksWorld::End() {
  CHECK_SAYS(table->size().names == 0, "a name is kept that nobody holds or waits for");
  const auto left = table->Query();
  CHECK_SAYS(left.held.empty() && left.pending.empty(), "a lock or a request has outlived its thread");
  for (int i = 0; i < actors(); i++) {
    any_died_ |= lockers_[i]->died;
    lockers_[i].reset();
  }
}

// Whose lock was stolen may not have heard, and thinks itself inside. The table knows.
void LocksWorld::CheckAlone(const Locker* self, const Locker::Mine& entered) const {
  if (entered.request->state == LockState::kStolen) return;
  for (int i = 0; i < actors(); i++) {
    for (const Locker::Mine& each : lockers_[i]->mine) {
      if (&each == &entered || !each.inside || each.name != entered.name) continue;
      if (each.request->state == LockState::kStolen) continue;
      const bool shared = each.mode == LockMode::kShared && entered.mode == LockMode::kShared;
      CHECK_SAYS(shared, lockers_[i].get() == self ? "one holds a lock twice" : "two are inside");
    }
  }
}

}  // namespace model
