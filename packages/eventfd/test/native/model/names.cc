#include "model/names.h"

namespace model {

namespace {

constexpr const char16_t* kName = u"k";
constexpr const char16_t* kOther = u"o";

void OpensAndLetsGo(Opener& self) {
  self.Open(kName);
  self.LetGo(kName);
}

void OpensTwice(Opener& self) {
  OpensAndLetsGo(self);
  OpensAndLetsGo(self);
}

void Locks(Opener& self) {
  self.Open(kName);
  if (self.Try(kName)) self.Unlock(kName);
  self.LetGo(kName);
}

void LocksTwice(Opener& self) {
  Locks(self);
  Locks(self);
}

// The line of one name may become the other's.
void OpensAnother(Opener& self) {
  self.Open(kOther);
  if (self.Try(kOther)) self.Unlock(kOther);
  self.LetGo(kOther);
}

}  // namespace

std::vector<NameScenario> NameScenarios() {
  return {
      {.name = "name, opened and let go of twice, by two", .actors = {OpensTwice, OpensTwice}, .all = true},
      {.name = "name, locked by two", .actors = {Locks, Locks}, .all = true},
      {.name = "name, locked by three", .actors = {Locks, Locks, Locks}},
      {.name = "name, and another in its place", .actors = {OpensTwice, Locks, OpensAnother}},
      {.name = "name, who has it open dies, of two", .actors = {Locks, LocksTwice}, .mortal = 0, .all = true},
      {.name = "name, who has it open dies, of three", .actors = {Locks, LocksTwice, OpensAnother}, .mortal = 0},
  };
}

Opener::Opener(NamesWorld* world, int actor) : world_(world), participant_(&NamesWorld::TheRoom(), &waker_) {
  bool is_new;
  arena_ = participant_.Join(world->names->arena(), &is_new);
  participant_.thread()->id = actor;
}

void Opener::Boundary() {
  if (boundaries_++ == dies_at) throw Died();
}

void Opener::Run(void (*body)(Opener&)) {
  try {
    body(*this);
    Boundary();
  } catch (const Died&) {
    died = true;
    Explorer::Note("dies");
  }
  for (const auto& [name, use] : open) {
    if (use.locked) world_->orphaned.insert(name);
  }
  // What it holds comes back within Die(), and who has it open then finds it free.
  open.clear();
  participant_.Die();
}

void Opener::Open(const char16_t* name) {
  Boundary();
  efd::Names<ModelSync>::Found found;
  const std::string label = "k";
  Use use;
  const auto find = [&](uint32_t* offset, uint32_t* generation) {
    const auto opened = world_->names->Open(name, {.kind = efd::kMutex, .permits = 1, .max = 1}, true, &label, &found);
    CHECK(opened == efd::Names<ModelSync>::Opened::kOk);
    *offset = found.offset;
    *generation = found.generation;
    return true;
  };
  CHECK(participant_.AttachTo(arena_, efd::kMutex, 0, &use.id, find) == efd::Participant<ModelSync>::Attached::kOk);
  use.offset = found.offset;
  use.generation = found.generation;
  Explorer::Note("has opened cell " + std::to_string(use.offset) + ", generation " + std::to_string(use.generation));
  world_->CheckSame(name, use);
  CheckUse(use);
  open[name] = use;
}

bool Opener::Try(const char16_t* name) {
  Boundary();
  Use& use = open[name];
  CheckUse(use);
  auto* at = participant_.At(use.id);
  const auto taken = efd::TryTake<ModelSync>(at->cell(), at->slot(), 1);
  if (taken < efd::kTaken) return false;
  Explorer::Note("locks");
  world_->CheckAlone(name, this);
  use.locked = true;
  const bool told = taken == efd::kTakenAbandoned && NamesWorld::TheRoom().TakeAbandoned(at->cell());
  CHECK_SAYS(told == (world_->orphaned.erase(name) > 0),
             told ? "told of a death that was none" : "not told that the owner died");
  return true;
}

void Opener::Unlock(const char16_t* name) {
  Boundary();
  Use& use = open[name];
  CheckUse(use);
  use.locked = false;
  auto* at = participant_.At(use.id);
  CHECK(efd::Release<ModelSync>(at->cell(), at->slot(), 1) == efd::kReleased);
}

void Opener::LetGo(const char16_t* name) {
  Boundary();
  Explorer::Note("lets go");
  const Use use = open[name];
  CheckUse(use);
  open.erase(name);
  CHECK(participant_.Detach(use.id));
}

void Opener::CheckUse(const Use& use) {
  const int32_t* cell = world_->names->arena()->At(use.offset);
  CHECK_SAYS(static_cast<uint32_t>(cell[efd::kGeneration]) == use.generation, "the cell is another's by now");
  CHECK_SAYS(participant_.At(use.id)->offset == use.offset, "the attachment is to another cell");
}

void NamesWorld::Begin() {
  names.reset();
  memset(memory_, 0, sizeof memory_);
  names = std::make_unique<efd::Names<ModelSync>>(memory_, sizeof memory_, sizeof memory_, 1,
                                                  [](void*, std::size_t) { return false; });
  for (int i = 0; i < actors(); i++) {
    openers_[i] = std::make_unique<Opener>(this, i);
    if (i == scenario_->mortal) openers_[i]->dies_at = dies_at_;
  }
  any_died_ = false;
  orphaned.clear();
}

void NamesWorld::End() {
  CHECK_SAYS(names->count() == orphaned.size(), "a name is kept that nobody has open");
  for (int i = 0; i < actors(); i++) {
    any_died_ |= openers_[i]->died;
    openers_[i].reset();
  }
}

void NamesWorld::CheckSame(const std::u16string& name, const Opener::Use& use) const {
  for (int i = 0; i < actors(); i++) {
    const auto it = openers_[i]->open.find(name);
    if (it == openers_[i]->open.end()) continue;
    CHECK_SAYS(it->second.offset == use.offset && it->second.generation == use.generation,
               "one name stands for two objects");
  }
}

void NamesWorld::CheckAlone(const std::u16string& name, const Opener* self) const {
  for (int i = 0; i < actors(); i++) {
    const auto it = openers_[i]->open.find(name);
    if (openers_[i].get() != self && it != openers_[i]->open.end()) {
      CHECK_SAYS(!it->second.locked, "two hold the lock of one name");
    }
  }
}

}  // namespace model
