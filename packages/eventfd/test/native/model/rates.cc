#include "model/rates.h"

#include <string>

namespace model {

namespace {

using efd::Outcome;

constexpr int64_t kEach = kEachNs * RateWorld::Rate::kUnits;
// Who is served late is served as if it had been so much earlier, and no more.
constexpr int64_t kLate = 20'000'000 * RateWorld::Rate::kUnits;

void DrawsTwice(Drawer& self) {
  self.Draw();
  self.Draw();
}

void Draws(Drawer& self) {
  self.Draw();
}

void DrawsBlocked(Drawer& self) {
  self.Draw(1, /*sync=*/true);
}

void Tries(Drawer& self) {
  if (!self.Try()) self.Pass(10);
  self.Try();
}

// The second stands behind the first, who gives up; or was served and does not see it.
void GivesUp(Drawer& self) {
  self.Park(2);
  self.AbortFirst();
}

void ParksFour(Drawer& self) {
  for (int i = 0; i < 4; i++) self.Park();
  self.AwaitAll();
}

void ParksTwo(Drawer& self) {
  self.Park();
  self.Park();
  self.AwaitAll();
}

void LetsTimePass(Drawer& self) {
  self.Pass(1000);
  self.Try();
}

void GivesBack(Drawer& self) {
  self.GiveBack(1);
}

}  // namespace

std::vector<RateScenario> RateScenarios() {
  return {
      {.name = "rate, drawn by two", .burst = 1, .actors = {DrawsTwice, Draws}, .all = true},
      {.name = "rate, drawn by three", .burst = 1, .actors = {Draws, Draws, DrawsBlocked}},
      {.name = "rate, a thread blocks for it", .burst = 1, .actors = {DrawsBlocked, Draws}, .all = true},
      {.name = "rate, tried while others wait", .burst = 2, .actors = {ParksTwo, Tries}, .all = true},
      {.name = "rate, who is first gives up", .burst = 2, .actors = {GivesUp, Draws}, .all = true},
      {.name = "rate, who is first gives up, of three", .burst = 2, .actors = {GivesUp, Draws, Draws}},
      {.name = "rate, a thread hangs", .burst = 1, .actors = {ParksFour, LetsTimePass}},
      {.name = "rate, given back", .burst = 1, .actors = {Draws, GivesBack}, .all = true},
      {.name = "rate, a waiter dies, of two", .burst = 1, .actors = {ParksTwo, Draws}, .mortal = 0},
      {.name = "rate, a waiter dies, of three", .burst = 1, .actors = {Draws, Draws, DrawsBlocked}, .mortal = 0},
  };
}

// Drawer

Drawer::Drawer(RateWorld* world, int actor) : world_(world), actor_(actor), participant_(&RateWorld::TheRoom(), this) {
  bool is_new;
  uint32_t id = 0;
  const uint32_t index = participant_.Join(world->arena(), &is_new);
  participant_.Attach(index, world->offset(), efd::kRateLimit, 1, &id);
  at_ = participant_.At(id);
  waits.reserve(8);  // the oracle looks at them
}

void Drawer::Boundary() {
  busy = false;
  world_->CheckAtRest();
  if (boundaries_++ == dies_at) throw Died();
  busy = true;
}

void Drawer::Run(void (*body)(Drawer&)) {
  try {
    busy = true;
    body(*this);
    Boundary();
  } catch (const Died&) {
    died = true;
    Explorer::Note("dies");
    busy = true;
  }
  for (const Wait& wait : waits) {
    // What was granted and not seen, or is until it has left.
    may_return += wait.want;
  }
  participant_.Die();
  for (const Wait& wait : waits) {
    if (!wait.granted) may_return -= wait.want;
  }
  CHECK_SAYS(may_return == 0, "what was granted to the dead is lost");
  waits.clear();
  busy = false;
}

bool Drawer::Try(int32_t permits) {
  Boundary();
  tries_since = world_->known;
  trying = permits;
  const bool taken = efd::TryDraw<ModelSync>(world_->cell(), permits) == efd::kTaken;
  if (taken) {
    Explorer::Note("draws");
    world_->Tried(*this, actor_);
    had += permits;
  }
  trying = 0;
  return taken;
}

void Drawer::Draw(int32_t permits, bool sync) {
  if (Try(permits) || !Begin(permits, sync)) return;
  if (sync) {
    AwaitSync();
  } else {
    AwaitAll();
  }
}

bool Drawer::Begin(int32_t permits, bool sync) {
  Boundary();
  if (sync) {
    RateWorld::TheRoom().BeginBlocking(participant_.thread());
    participant_.thread()->BeginSyncWait();
  }
  Wait wait;
  wait.waiter = participant_.NewWait(at_, permits, efd::Role::kDrawer, sync);
  wait.want = permits;
  waits.push_back(wait);
  const Outcome outcome = RateWorld::TheRoom().ArriveAtRate(waits.back().waiter);
  if (outcome == Outcome::kWaiting) {
    Explorer::Note("waits in the queue");
    waits.back().armed = true;
    waits.back().known = ++world_->known;
    return true;
  }
  CHECK(outcome == Outcome::kGranted);
  End(&waits.back());
  if (sync) participant_.thread()->EndSyncWait();
  return false;
}

// It is over: served.
void Drawer::End(Wait* wait) {
  world_->AfterStep();  // the oracle has seen it
  CHECK_SAYS(wait->granted, "it ends, and was not served");
  had += wait->want;
  participant_.EndWait(wait->waiter);
  waits.erase(waits.begin() + (wait - waits.data()));
}

// True when it is over.
bool Drawer::Look(Wait* wait) {
  if (RateWorld::TheRoom().Resume(wait->waiter) == Outcome::kWaiting) {
    Explorer::Note("is to look again");
    wait->armed = true;
    return false;
  }
  Explorer::Note("is served");
  End(wait);
  return true;
}

void Drawer::AwaitAll() {
  while (!waits.empty()) {
    Sleep();
    Boundary();
  }
}

// As native/loop/room_env.h does it: a blocked thread looks by itself when its time comes.
void Drawer::AwaitSync() {
  auto* thread = participant_.thread();
  for (;;) {
    Wait* wait = &waits.front();
    bool heard = true;
    if (thread->ParkUnlessReady(wait->waiter)) {
      busy = false;
      world_->CheckAtRest();
      Explorer::Before({Kind::kTimedSleep, &wakes_});
      busy = true;
      heard = wakes_;
      wakes_ = false;
      thread->Unparked(heard);
      if (!heard) ModelSync::PassUntil(wait->waiter->alarm / RateWorld::Rate::kUnits);
    }
    if (Look(wait)) break;
  }
  thread->EndSyncWait();
  RateWorld::TheRoom().EndBlocking(thread);
  Boundary();
}

// Until it is woken, or the next alarm goes off; it may be late.
void Drawer::Sleep() {
  Wait* next = nullptr;
  for (Wait& wait : waits) {
    if (wait.armed && (next == nullptr || wait.waiter->alarm < next->waiter->alarm)) next = &wait;
  }
  busy = false;
  world_->CheckAtRest();
  if (next != nullptr) {
    Explorer::Before({Kind::kTimedSleep, &wakes_});
  } else {
    Explorer::Before({Kind::kSleep, &wakes_, &wakes_, true});
  }
  busy = true;
  if (wakes_) {
    wakes_ = false;
    OnSignal();
  } else {
    ModelSync::PassUntil(next->waiter->alarm / RateWorld::Rate::kUnits);
    next->armed = false;
    RateWorld::TheRoom().Serve(world_->cell());
  }
}

void Drawer::OnSignal() {
  auto* thread = participant_.thread();
  thread->Heard();
  while (Waiter* waiter = thread->NextReady()) {
    Wait* wait = waits.data();
    while (wait->waiter != waiter) wait++;
    wait->armed = false;
    Look(wait);
  }
}

void Drawer::AbortFirst() {
  Boundary();
  if (waits.empty()) return;
  Wait* wait = &waits.front();
  may_return = wait->want;
  const bool granted = RateWorld::TheRoom().Leave(wait->waiter);
  Explorer::Note("gives up");
  world_->AfterStep();
  CHECK_SAYS(may_return == (granted ? 0 : wait->want), "who gave up has spent something, or less than nothing");
  may_return = 0;
  participant_.EndWait(wait->waiter);
  waits.erase(waits.begin());
}

void Drawer::GiveBack(int32_t tokens) {
  if (!Try(tokens)) return;
  Boundary();
  may_return = tokens;
  RateWorld::TheRoom().GiveBackTokens(world_->cell(), tokens);
  world_->AfterStep();
  CHECK_SAYS(may_return == 0, "what was given back is lost");
}

void Drawer::Pass(int64_t ms) {
  Boundary();
  Explorer::Note("lets time pass");
  ModelSync::PassUntil(ModelSync::clock + ms * 1'000'000);
}

// RateWorld

void RateWorld::Begin() {
  ModelSync::has_clock = true;
  ModelSync::clock = int64_t{1} << 40;
  memset(memory_, 0, sizeof memory_);
  arena_ = std::make_unique<efd::Arena>(memory_, sizeof memory_, 1, 1);
  offset_ = arena_->AllocateCell(efd::kRateLimit, 0, 0, scenario_->burst, "rate");
  Rate::Make(cell(), 100, 1000);
  // All of the burst but one are gone.
  if (scenario_->burst > 1) CHECK(efd::TryDraw<ModelSync>(cell(), scenario_->burst - 1) == efd::kTaken);
  full_ = seen_ = word();
  arrivals_ = known = 0;
  for (int i = 0; i < actors(); i++) {
    drawers_[i] = std::make_unique<Drawer>(this, i);
    if (i == scenario_->mortal) drawers_[i]->dies_at = dies_at_;
  }
  any_died_ = false;
}

void RateWorld::End() {
  CHECK_SAYS(cell()[efd::kState] == 0 && cell()[efd::kWaiting] == 0, "the rate looks as if somebody waited");
  CHECK_SAYS(word() == full_, "the rate is off");
  for (int i = 0; i < actors(); i++) {
    any_died_ |= drawers_[i]->died;
    drawers_[i].reset();
  }
  ModelSync::has_clock = false;
}

int64_t RateWorld::word() const {
  int64_t word;
  memcpy(&word, cell() + efd::kTat, sizeof word);
  return word;
}

void RateWorld::Grant(int32_t tokens, int64_t now, int64_t then) {
  CHECK_SAYS(full_ + (tokens - scenario_->burst) * kEach <= now, "a token is had that was not there");
  full_ = std::max(full_, then) + tokens * kEach;
}

void RateWorld::Tried(const Drawer& drawer, int actor) {
  for (int i = 0; i < actors(); i++) {
    for (const Drawer::Wait& wait : drawers_[i]->waits) {
      const bool before = wait.known > 0 && wait.known <= drawer.tries_since;
      CHECK_SAYS(!before || wait.granted || wait.waiter->queue == nullptr, "who waits is overtaken");
    }
  }
  const int64_t now = ModelSync::time[actor] * Rate::kUnits;
  Grant(drawer.trying, now, now);
  seen_ = word();
}

void RateWorld::AfterStep() {
  const int actor = Explorer::actor();
  if (actor < 0) return;
  Drawer& self = *drawers_[actor];
  const int64_t now = ModelSync::time[actor] * Rate::kUnits;
  // It gives back before it serves others with that.
  if (self.may_return > 0 && word() < seen_) {
    const int64_t back = seen_ - word();
    CHECK_SAYS(back % kEach == 0 && back / kEach <= self.may_return, "more comes back than was had");
    self.may_return -= static_cast<int32_t>(back / kEach);
    full_ -= back;
  }
  seen_ = word();
  for (int i = 0; i < actors(); i++) {
    for (Drawer::Wait& wait : drawers_[i]->waits) {
      if (wait.arrival == 0 && wait.waiter->queue != nullptr) wait.arrival = ++arrivals_;
      if (wait.granted || wait.waiter->outcome != Outcome::kGranted) continue;
      wait.granted = true;
      for (int j = 0; j < actors(); j++) {
        for (const Drawer::Wait& other : drawers_[j]->waits) {
          const bool first = other.arrival > 0 && (wait.arrival == 0 || other.arrival < wait.arrival);
          CHECK_SAYS(!first || other.waiter->queue == nullptr, "who came first is served later");
        }
      }
      Grant(wait.want, now, std::min(now, std::max(wait.waiter->arrived, now - kLate)));
    }
  }
}

void RateWorld::CheckAtRest() const {
  for (int i = 0; i < actors(); i++) {
    if (drawers_[i]->busy) return;
  }
  CHECK_SAYS(word() == full_, "the rate is off");
  const Drawer::Wait* head = nullptr;
  for (int i = 0; i < actors(); i++) {
    for (const Drawer::Wait& wait : drawers_[i]->waits) {
      if (wait.arrival > 0 && !wait.granted && (head == nullptr || wait.arrival < head->arrival)) head = &wait;
    }
  }
  if (head == nullptr || head->waiter->ready.peek()) return;
  const int64_t due = full_ + (head->want - scenario_->burst) * kEach;
  CHECK_SAYS(head->armed && head->waiter->alarm <= due, "who is first sleeps past its time");
}

}  // namespace model
