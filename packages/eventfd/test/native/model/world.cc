#include "model/world.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace model {

using efd::Outcome;

// Host

bool Host::Sleep(bool timed) {
  // Who is to die at its next boundary dies in its sleep, too: a slice of it just ends.
  const bool ends = timed || boundaries == dies_at;
  busy = false;
  world_->CheckConserved();
  const bool heard = has_sleeper_ ? sleeper_.Sleep(ends ? 0 : ModelCondition::kForEver) : SleepByWaker(ends);
  busy = true;
  return heard;
}

bool Host::Turn(bool timed) {
  const bool ends = timed || boundaries == dies_at;
  busy = false;
  world_->CheckConserved();
  const bool heard = SleepByWaker(ends);
  busy = true;
  if (heard && has_sleeper_) sleeper_.Clear();
  return heard;
}

bool Host::SleepByWaker(bool ends) {
  if (ends) {
    Explorer::Before({Kind::kTimedSleep, &wakes_});
  } else {
    Explorer::Before({Kind::kSleep, &wakes_, &wakes_, true});
  }
  const bool heard = signalled_;
  signalled_ = false;
  slice_ended_ = !heard && slice_over_;
  if (!heard) slice_over_ = false;
  wakes_ = slice_over_;
  return heard;
}

void Host::Boundary() {
  busy = false;
  world_->CheckConserved();
  if (boundaries++ == dies_at) throw test::Died{};
  busy = true;
}

void Host::Queued(ModelWaiter* waiter) {
  Explorer::Note("waits in the queue");
  world_->Queued(actor_, waiter);
}

void Host::Looks(ModelWaiter* waiter) {
  ModelSync::time[actor_] += world_->TimeOfLook(waiter);
}

void Host::Resumed(ModelWaiter* waiter, Outcome outcome) {
  Explorer::Note(outcome == Outcome::kWaiting ? "was woken and lost" : "was woken: it is decided");
  if (blocked == waiter && outcome != Outcome::kWaiting) blocked = nullptr;
  world_->Resumed(waiter, outcome);
}

void Host::Left(ModelWaiter* waiter) {
  Explorer::Note("left the queue");
  if (blocked == waiter) blocked = nullptr;
  world_->Left(waiter);
}

void Host::Spins() {
  spins = true;
  world_->CheckSpinning();
}

void Host::Blocked(ModelWaiter* waiter, uint64_t order) {
  Explorer::Note("is known to be blocked");
  blocked = waiter;
  blocked_since = order;
  world_->Blocked(actor_);
}

void Host::Deadlocked(const std::vector<efd::DeadlockStep>& cycle) {
  Explorer::Note("is told of a deadlock");
  world_->CheckDeadlock(cycle);
}

int64_t Host::Now() const {
  return world_->Now();
}

// Self

Self::Self(World* world, int actor)
    : world_(world), host_(world, actor, world->scenario_->sleeper), actor_(&World::TheRoom(), &host_) {
  for (int i = 0; i < 2; i++) {
    at_[i] =
        actor_.Attach(world->arena_.get(), world->offsets_[i], i == 0 ? world->scenario_->kind : int{efd::kSemaphore});
  }
  actor_.participant.thread()->id = actor;
  world_->roster_.Add(&actor_.participant);
}

Self::~Self() {
  if (!died_) world_->roster_.Remove(&actor_.participant);
}

void Self::Run(void (*body)(Self&)) {
  try {
    body(*this);
  } catch (const test::Died&) {
    died_ = true;
  }
  if (died_) {
    Explorer::Note("dies");
    if (at_[0]->slot() != nullptr && *at_[0]->slot() > 0) world_->owner_died_ = true;
    for (int i = 0; i < 2; i++) world_->inside_[i] -= held_[i];
    host_.busy = true;
    world_->roster_.Remove(&actor_.participant);
    actor_.Die();
    host_.owes_service = false;
    world_->Died(host_.actor());
  }
  host_.busy = false;
  world_->CheckConserved();
}

Got Self::Took(int cell, int32_t permits, Got got) {
  if (got != Got::kPermits) return got;
  held_[cell] += permits;
  world_->inside_[cell] += permits;
  // More where another wait of the thread was granted and is not awaited yet.
  CHECK(*at_[cell]->slot() >= held_[cell]);
  return got;
}

Got Self::Note(const char* what, Got got) {
  Explorer::Note(std::string(what) + (got == Got::kPermits   ? ": got it"
                                      : got == Got::kTimeout ? ": timed out"
                                      : got == Got::kClosed  ? ": closed"
                                      : got == Got::kFull    ? ": refused, as many wait as may"
                                                             : ": a deadlock"));
  return got;
}

Got Self::Lock(int cell) {
  return Note("lock", Took(cell, 1, actor_.LockSync(at(cell), &world_->roster_)));
}

void Self::Release(int32_t permits, int cell) {
  Explorer::Note("releases");
  held_[cell] -= permits;
  world_->inside_[cell] -= permits;
  actor_.Release(at_[cell], permits);
}

ModelWaiter* Self::Park(int32_t permits, efd::Role role) {
  parked_want_ = permits;
  ModelWaiter* waiter = actor_.Park(at_[0], permits, role, &parked_);
  if (waiter == nullptr && at_[0]->slot() != nullptr) Took(0, permits, parked_);
  return waiter;
}

Got Self::Await(ModelWaiter* waiter, bool timed) {
  if (waiter == nullptr) return parked_;
  const int32_t want = waiter->want;
  const Got got = actor_.Await(waiter, timed);
  return Note("await", at_[0]->slot() == nullptr ? got : Took(0, want, got));
}

void Self::LetTimePass() {
  host_.Boundary();
  world_->LetTimePass();
}

void Self::Grow(int32_t permits, int32_t recalled) {
  host_.Boundary();
  Explorer::Note(permits > 0 ? "grows" : "shrinks");
  CHECK(World::TheRoom().Resize(at_[0]->cell(), permits, recalled));
}

void Self::Close() {
  host_.Boundary();
  Explorer::Note("closes");
  CHECK(World::TheRoom().Close(at_[0]->cell()));
}

void Self::Notify(int32_t count) {
  host_.Boundary();
  Explorer::Note("notifies");
  World::TheRoom().Notify(at_[0]->cell(), count);
}

void Self::SetEvent() {
  host_.Boundary();
  Explorer::Note("sets the event");
  World::TheRoom().SetEvent(at_[0]->cell());
}

void Self::SetBroken(bool broken) {
  host_.Boundary();
  Explorer::Note(broken ? "breaks the barrier" : "makes the barrier whole");
  const uint64_t before = world_->last_arrival_;
  World::TheRoom().SetBroken(at_[0]->cell(), broken);
  for (const World::Waiting& each : world_->queue_) {
    CHECK_SAYS(each.arrival > before || !each.queued(),
               "who waited at a barrier waits still after it was broken or reset");
  }
}

void Self::LearnOfDeath() {
  host_.Boundary();
  const bool told = World::TheRoom().TakeAbandoned(at_[0]->cell());
  CHECK_SAYS(told == world_->owner_died_, told ? "told of a death that was none" : "not told that the owner died");
  world_->owner_died_ = false;
}

void Self::LeaveArena() {
  host_.Boundary();
  auto& participant = actor_.participant;
  const uint32_t arena = at_[0]->member;
  for (uint32_t id = 0; id < 2; id++) CHECK(participant.Detach(id));
  CHECK_SAYS(participant.size().holds == 0, "it is kept where permits were acquired that nobody holds");
  left_ = true;
  CHECK(participant.LeaveArena(arena));
  Explorer::Note("has left the arena");
  world_->UnmapIfLeft();
}

void Self::Inspect() {
  host_.Boundary();
  Explorer::Note("inspects");
  for (const efd::ObjectInfo& object : world_->roster_.Inspect(&World::TheRoom())) {
    CHECK_SAYS(object.offset == world_->offsets_[0] || object.offset == world_->offsets_[1],
               "an object is seen that is none");
    for (const efd::HolderInfo& holder : object.holders) {
      int32_t noted = 0;
      for (const auto& each : holder.acquired) noted += each.permits;
      CHECK_SAYS(noted <= holder.permits, "of more permits it is said where they were acquired than are held");
    }
  }
}

efd::HoldNotes::Id Self::NoteHold(int32_t permits) {
  host_.Boundary();
  const auto hold = actor_.participant.NoteHold(0, permits, "here");
  CHECK(hold != 0);
  return hold;
}

void Self::DropHold(efd::HoldNotes::Id hold) {
  host_.Boundary();
  actor_.participant.DropHold(hold);
}

bool& Self::guarded() {
  return world_->guarded_;
}

// World

void World::Begin() {
  memset(memory_, 0, sizeof memory_);
  arena_ = std::make_unique<efd::Arena>(memory_, sizeof memory_, 1, 1);
  small_room_ = scenario_->grows ? std::make_unique<efd::Room<ModelSync>>(efd::LotSize{.first_bits = 0}) : nullptr;
  const int32_t permits[] = {scenario_->permits, scenario_->second_permits};
  for (int i = 0; i < 2; i++) {
    const bool first = i == 0;
    offsets_[i] = arena_->AllocateCell(first ? scenario_->kind : int{efd::kSemaphore}, first ? scenario_->flags : 0,
                                       permits[i], first ? scenario_->max : efd::kMaxPermits, "",
                                       first ? scenario_->max_waiting : -1, scenario_->aging);
    cells_[i] = arena_->At(offsets_[i]);
    inside_[i] = 0;
  }
  guarded_ = owner_died_ = unmapped_ = false;
  std::fill(std::begin(ModelSync::time), std::end(ModelSync::time), 0);
  queue_.clear();
  now_ = 0;
  current_ = this;
  ModelActor::Spinner::SetMostSpinning(scenario_->spinning);
  ModelSync::on_load = OnLoad;
  ModelSync::on_write = OnWrite;
  for (int i = 0; i < actors(); i++) {
    selves_[i] = std::make_unique<Self>(this, i);
    Host& host = selves_[i]->host();
    if (scenario_->prepare != nullptr) scenario_->prepare(*selves_[i]);
    host.busy = false;
    host.boundaries = 0;
    if (i == scenario_->mortal) host.dies_at = dies_at_;
  }
  unmapped_ = false;  // whoever was prepared first may have been alone
}

void World::Resumed(ModelWaiter* waiter, Outcome outcome) {
  const auto it = Find(waiter);
  if (outcome != Outcome::kWaiting) {
    queue_.erase(it);
    return;
  }
  CHECK_SAYS(++it->lost <= MostLost(*it), "a waiter looks in vain once more than it may");
  any_napped_ = any_napped_ || waiter->naps;
}

int64_t World::TimeOfLook(const ModelWaiter* waiter) const {
  return efd::Room<ModelSync>::PatienceOf(waiter) / (looks_ - 1);
}

int World::MostLost(const Waiting& each) const {
  const bool can_race = each.waiter->sync && each.waiter->slot != nullptr;
  const bool fair = (each.waiter->cell[efd::kFlags] & efd::kFair) != 0;
  // A writer's patience begins when it comes, not with its first look.
  if (IsWriter(each) && !fair) return looks_ - 1;
  return can_race && !fair && each.waiter->want == 1 ? looks_ : 1;
}

void World::Left(ModelWaiter* waiter) {
  queue_.erase(Find(waiter));
}

void World::CheckSpinning() const {
  int spinning = 0;
  for (int i = 0; i < actors(); i++) spinning += selves_[i]->host().spins;
  // They all do so at one cell.
  const int most = std::min(scenario_->spinning, ModelActor::Spinner::kMostAtCell);
  CHECK_SAYS(spinning <= most, "more spin at a time than may");
}

// Whoever is blocked and looked in vain looks again now and then; only this can have closed a cycle that it is the last
// of.
void World::Blocked(int actor) {
  for (int i = 0; i < actors(); i++) {
    if (i != actor && selves_[i]->host().blocked != nullptr) selves_[i]->host().EndSlice();
  }
}

// Whoever is told is in a cycle of blocked threads, and was the last to block. Nothing of that is about to change.
void World::CheckDeadlock(const std::vector<efd::DeadlockStep>& cycle) {
  const Host& told = selves_[Explorer::actor()]->host();
  CHECK_SAYS(cycle[0].thread == told.actor(), "told of a deadlock of others");
  for (std::size_t i = 0; i < cycle.size(); i++) {
    const int actor = cycle[i].thread;
    CHECK_SAYS(WaitsFor(actor, cycle[(i + 1) % cycle.size()].thread, arena_->At(cycle[i].offset)),
               "told of a deadlock that is none");
    CHECK_SAYS(selves_[actor]->host().blocked_since <= told.blocked_since, "told of a deadlock that another closed");
  }
}

bool World::WaitsFor(int actor, int other, const int32_t* cell) const {
  const ModelWaiter* blocked = selves_[actor]->host().blocked;
  if (blocked == nullptr || blocked->cell != cell || !blocked->queue) return false;
  for (int i = 0; i < 2; i++) {
    if (cells_[i] == cell && *selves_[other]->at(i)->slot() > 0) return true;
  }
  return false;
}

void World::Died(int actor) {
  queue_.erase(std::remove_if(queue_.begin(), queue_.end(), [&](const Waiting& each) { return each.actor == actor; }),
               queue_.end());
  any_died_ = true;
  UnmapIfLeft();
}

// Memory that nobody has joined is not there any more. To the scheduler this is a change of every word of the cells.
void World::UnmapIfLeft() {
  if (arena_->joined > 0) return;
  for (int32_t* cell : cells_) {
    for (int word = 0; word <= efd::kLife; word++) Explorer::Before({Kind::kChange, cell + word});
  }
  unmapped_ = true;
}

std::vector<World::Waiting>::iterator World::Find(ModelWaiter* waiter) {
  const auto it =
      std::find_if(queue_.begin(), queue_.end(), [&](const Waiting& each) { return each.waiter == waiter; });
  CHECK_SAYS(it != queue_.end(), "a waiter is looked at that does not wait");
  return it;
}

void World::OnLoad(const int32_t* word) {
  const auto* at = reinterpret_cast<const uint8_t*>(word);
  if (at < current_->memory_ || at >= current_->memory_ + sizeof current_->memory_) return;
  CHECK_SAYS(!current_->unmapped_, "memory is touched that nobody keeps");
}

// Permits leave a state word. On the fast path they must not pass who is not to be overtaken.
void World::OnWrite(int32_t* word, int32_t before, int32_t after) {
  const int actor = Explorer::actor();
  if (actor < 0 || efd::FreePermits(after) >= efd::FreePermits(before)) return;
  World& self = *current_;
  const int32_t* cell = self.selves_[actor]->host().taking;
  if (cell == nullptr || word != cell + efd::kState) return;
  for (const Waiting& each : self.queue_) {
    if (each.waiter->cell != cell || !each.queued() || self.MayBePassed(each)) continue;
    const ModelWaiter* as = self.selves_[actor]->host().takes_as;
    if (as != nullptr && as->priority != each.standing.priority &&
        self.Outranks({as->priority, as->since}, each.standing)) {
      continue;
    }
    CHECK_SAYS(each.lost < self.MostLost(each), "a waiter whose patience is over is overtaken again");
    CHECK_SAYS((cell[efd::kFlags] & efd::kFair) == 0, "a fair queue is overtaken");
    CHECK_SAYS(each.waiter->want == 1 || self.IsWriter(each), "a waiter for several is overtaken");
  }
}

void World::AfterStep() {
  // First come, first served, within a priority, whatever the mode: it is running threads that may overtake, not
  // waiters. But promises of blocked threads are passed over; what these have not seen they give back, and come first.
  for (std::size_t i = 0; i < queue_.size(); i++) {
    if (queue_[i].seen_served && !queue_[i].served()) {
      queue_[i].seen_served = false;
      std::rotate(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(i),
                  queue_.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    }
  }
  for (std::size_t j = 0; j < queue_.size(); j++) {
    if (!queue_[j].served() || std::exchange(queue_[j].seen_served, true)) continue;
    for (std::size_t i = 0; i < queue_.size(); i++) {
      if (i == j || queue_[j].waiter->cell != queue_[i].waiter->cell || !queue_[i].queued()) continue;
      CHECK_SAYS(!ComesBefore(i, j) || MayBePassed(queue_[i]),
                 queue_[i].standing.priority == queue_[j].standing.priority
                     ? "a waiter is served before one that came earlier"
                     : "a waiter is served before one that outranks it");
    }
  }
  if (scenario_->max_waiting >= 0) {
    CHECK_SAYS(cells_[0][efd::kWaiting] <= scenario_->max_waiting, "one too many gets in");
  }
  // The state word never promises more than there is. What is inside was taken before and is released after.
  if (has_ledger() && scenario_->kind == efd::kSemaphore) {
    CHECK_SAYS(inside_[0] <= std::max(scenario_->permits, cells_[0][efd::kTotal]),
               "more are inside than there are permits");
  }
}

// Of different priorities. Each level counts as much as it takes to grow so old.
bool World::Outranks(const Standing& a, const Standing& b) const {
  const int levels = a.priority - b.priority;
  if (scenario_->aging < 0) return levels > 0;
  const int64_t earlier = b.since - a.since;
  const int64_t ahead = earlier + levels * scenario_->aging * int64_t{1'000'000};
  return ahead > 0 || (ahead == 0 && levels < 0);
}

// By their places in `queue_`.
bool World::ComesBefore(std::size_t i, std::size_t j) const {
  const Waiting &a = queue_[i], &b = queue_[j];
  return a.standing.priority == b.standing.priority ? i < j : Outranks(a.standing, b.standing);
}

int64_t World::Now() {
  Explorer::Before({Kind::kLoad, &now_});
  return now_;
}

void World::LetTimePass() {
  Explorer::Before({Kind::kChange, &now_});
  Explorer::Note("lets time pass");
  now_ += scenario_->aging * int64_t{1'000'000};
}

bool World::IsWriter(const Waiting& each) const {
  return scenario_->kind == efd::kRwLock && each.waiter->want == efd::kMaxPermits && each.waiter->sync;
}

bool World::MayBePassed(const Waiting& each) const {
  return !each.waiter->sync && selves_[each.actor]->host().blocks;
}

// Nobody is inside a call: what is free, and enough for the first that can run, it was woken for.
void World::CheckServed() const {
  for (const int32_t* cell : cells_) {
    const int32_t free = efd::FreePermits(cell[efd::kState]);
    std::size_t first = queue_.size();
    for (std::size_t i = 0; i < queue_.size(); i++) {
      const Waiting& each = queue_[i];
      if (each.waiter->cell != cell || !each.queued()) continue;
      CHECK_SAYS(free <= 0 || (cell[efd::kFlags] & efd::kAutoReset) == 0,
                 "an auto-reset event that is set has waiters");
      if (!MayBePassed(each) && (first == queue_.size() || ComesBefore(i, first))) first = i;
    }
    if (first == queue_.size()) continue;
    const ModelWaiter* waiter = queue_[first].waiter;
    CHECK_SAYS(free < std::max(waiter->want, 1) || waiter->ready.peek() || waiter->naps, "what is free idles");
    CHECK_SAYS(!IsWriter(queue_[first]) || waiter->owed || waiter->ready.peek() || waiter->naps,
               "a writer that comes first sleeps, and readers overtake it without end");
  }
}

void World::CheckConserved() {
  bool owes = false;
  for (int i = 0; i < actors(); i++) {
    if (selves_[i] == nullptr || selves_[i]->host().busy) return;
    owes = owes || selves_[i]->host().owes_service;
  }
  if (!owes) CheckServed();
  if (!has_ledger()) return;
  int32_t sum = efd::FreePermits(cells_[0][efd::kState]);
  for (int i = 0; i < actors(); i++) {
    if (selves_[i]->is_attached()) sum += *selves_[i]->at(0)->slot();
  }
  for (const Waiting& each : queue_) {
    if (each.waiter->cell == cells_[0] && each.waiter->outcome == Outcome::kGranted) sum += each.waiter->want;
  }
  CHECK_SAYS(sum == cells_[0][efd::kTotal], "free + held + in flight is not the total");
}

void World::End() {
  CHECK_SAYS(queue_.empty(), "somebody waits still");
  for (int i = 0; i < 2; i++) {
    const int32_t* cell = cells_[i];
    CHECK_SAYS(TheRoom().WaitersOf(cells_[i]).empty(), "the queue is not empty");
    CHECK_SAYS(cell[efd::kWaiting] == 0, "the count of waiters is wrong");
    const int32_t bits = cell[efd::kFlags] & efd::kClosed ? efd::kQueueFirst : 0;
    CHECK_SAYS((cell[efd::kState] & 3) == bits, "the bits of the state word are wrong");
    CHECK_SAYS(inside_[i] == 0, "somebody is inside still");
    if (i == 1 || has_ledger()) {
      CHECK_SAYS(efd::FreePermits(cell[efd::kState]) == cell[efd::kTotal], "permits are lost, or made from nothing");
    }
  }
  ModelSync::on_load = nullptr;
  ModelSync::on_write = nullptr;
  if (scenario_->spinning > 0) {
    bool spun = false;
    ModelActor::Spinner().Until(cells_[0], [&] { return spun = true; });
    CHECK_SAYS(spun, "somebody counts as spinning still");
  }
  for (auto& self : selves_) self.reset();
}

const char* World::NameOf(const void* object) const {
  static char name[64];
  static constexpr const char* kWords[] = {"state", "flags", "total", "waiting", "max", "kind", "generation"};
  const auto* at = static_cast<const uint8_t*>(object);
  for (int i = 0; i < 2; i++) {
    const auto* cell = reinterpret_cast<const uint8_t*>(cells_[i]);
    if (at < cell || at >= cell + 7 * 4) continue;
    snprintf(name, sizeof name, "%s%s", kWords[(at - cell) / 4], i == 0 ? "" : " of the second cell");
    return name;
  }
  if (object == &now_) return "the clock";
  for (int i = 0; i < actors(); i++) {
    if (object == selves_[i]->host().signal_word()) {
      snprintf(name, sizeof name, "the waker of %c", 'A' + i);
      return name;
    }
    if (selves_[i]->is_attached() && object == selves_[i]->at(0)->slot()) {
      snprintf(name, sizeof name, "the ledger of %c", 'A' + i);
      return name;
    }
    const auto* thread = reinterpret_cast<const uint8_t*>(selves_[i]->actor().participant.thread());
    if (at >= thread && at < thread + sizeof(efd::Thread<ModelSync>)) {
      snprintf(name, sizeof name, "the thread of %c", 'A' + i);
      return name;
    }
  }
  if (at >= memory_ && at < memory_ + sizeof memory_) return "a ledger";
  const auto* room = reinterpret_cast<const uint8_t*>(&TheRoom());
  return at >= room && at < room + sizeof(efd::Room<ModelSync>) ? "the table of buckets"
                                                                : "a bucket, or the waiter's ready flag";
}

}  // namespace model
