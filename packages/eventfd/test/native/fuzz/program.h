#pragma once

#include <cstdlib>
#include <memory>
#include <set>
#include <vector>

#include "core/roster.h"
#include "hostile.h"
#include "lib/check.h"

namespace fuzz {

using S = HostileSync;
using Participant = efd::Participant<S>;
using Attachment = Participant::Attachment;
using Waiter = efd::Waiter<S>;
using efd::Arena;
using efd::Arenas;
using efd::Outcome;
using efd::Role;

class Waker final : public efd::Waker {
 public:
  void Signal() override { CHECK_SAYS(!retired, "a retired waker is signalled"); }
  bool retired = false;
};

// A thread in name only: one runs after the other, as the input says.
struct Actor {
  explicit Actor(efd::Room<S>* room) : participant(room, &waker) {}
  Waker waker;
  Participant participant;
  std::vector<Waiter*> promises;
  Waiter* blocked = nullptr;
};

// A cell as it was made. What a handle would say of it is read back from the memory, where anything may stand by now.
struct Cell {
  uint32_t offset;
  int32_t kind;
  uint32_t generation;
};

// Does with the waiting room what the input says, over memory that is written over meanwhile. Whatever stands there,
// the core stays within the memory, comes to an end, and keeps its own books: who waits, what is allocated.
//
// The memory has exactly its size on the heap, so that the address sanitizer sees each step beyond it.
class Program {
 public:
  static constexpr uint32_t kLines = 24;
  static constexpr uint32_t kBytes = kLines * Arena::kLine;

  Program(const uint8_t* data, std::size_t size) : input_(data, size), scribbler_(Memory(), kBytes / 4) {
    memset(Memory(), 0, kBytes);
    arena_ = TheArenas().Create(Memory(), kBytes / 2);
    for (int32_t kind = efd::kSemaphore; kind <= efd::kBarrier; kind++) Allocate(kind, 0, 2, 4);
    for (auto& actor : actors_) Begin(&actor);
    Scribbler::now = &scribbler_;
  }

  void Run() {
    while (!input_.over()) Step(actors_[input_.Below(kActors)]);
    for (auto& actor : actors_) End(&actor);
    Scribbler::now = nullptr;
    CheckBooks();
  }

 private:
  static constexpr uint32_t kActors = 3;
  static constexpr uint64_t kAddon = 0x0012345678abcdef;

  template <class List>
  auto& Some(List& list) {
    return list[input_.Byte() % std::size(list)];
  }

  static uint8_t* Memory() {
    static auto* memory = static_cast<uint8_t*>(std::aligned_alloc(Arena::kLine, kBytes));
    return memory;
  }
  static Arenas& TheArenas() {
    static auto* arenas = new Arenas(kAddon);
    return *arenas;
  }
  static efd::Room<S>& TheRoom() {
    static auto* room = new efd::Room<S>;
    return *room;
  }

  void Begin(std::unique_ptr<Actor>* actor) {
    *actor = std::make_unique<Actor>(&TheRoom());
    Participant& participant = (*actor)->participant;
    roster_.Add(&participant);
    bool is_new;
    uint32_t id;
    const uint32_t index = participant.Join(arena_, &is_new);
    for (const Cell& cell : cells_) participant.Attach(index, cell.offset, cell.kind, cell.generation, &id);
  }

  void End(std::unique_ptr<Actor>* actor) {
    roster_.Remove(&(*actor)->participant);
    (*actor)->participant.Die();
    (*actor)->waker.retired = true;
    dead_.push_back(std::move(*actor));  // kept, so that a late signal is noticed
  }

  void Step(std::unique_ptr<Actor>& slot) {
    Actor& actor = *slot;
    const uint8_t what = input_.Byte() % 32;
    switch (what) {
      case 0:
      case 1:
        return scribbler_.Write(input_.Byte() << 8 | input_.Byte(), input_.Word());
      case 2:
      case 3: {
        const uint32_t operations = input_.Below(24);
        return scribbler_.WriteLater(operations, input_.Byte() << 8 | input_.Byte(), input_.Word());
      }
      case 4:
      case 5:
        return AllocateAny();
      case 6:
      case 7:
        return Attach(actor);
      case 8:
        return Join(actor);
      case 9:
        actor.participant.LeaveArena(input_.Below(2));
        return;
      case 10:
        return Dispose();
      case 11:
        return arena_->SetBytes(kBytes);
      case 12:
        roster_.Inspect(&TheRoom());
        return;
      case 13:
        roster_.FindDeadlock(&actor.participant);
        return;
      case 14:
        return Turn(actor);
      case 15:
        return Leave(actor);
      case 16:
        return Slice(actor);
      case 17:
        return LeaveSync(actor);
      case 18:
        End(&slot);
        return Begin(&slot);
    }
    const uint32_t id = input_.Below(12);
    if (Attachment* at = actor.participant.At(id)) Use(actor, id, at, what);
  }

  void Use(Actor& actor, uint32_t id, Attachment* at, uint8_t what) {
    efd::Room<S>& room = TheRoom();
    switch (what) {
      case 19:
        actor.participant.Detach(id);
        return;
      case 20:
        efd::TryAcquire<S>(at->cell(), at->slot(), Permits());
        return;
      case 21:
        if (at->slot() == nullptr) return;
        if (efd::Release<S>(at->cell(), at->slot(), Permits()) == efd::kServeWaiters) room.Serve(at->cell());
        return;
      case 22:
        efd::TryTake<S>(at->cell(), nullptr, Permits());
        return;
      case 23: {
        const int32_t count = Permits();
        if (efd::Post<S>(at->cell(), count, input_.Below(2) == 0) == efd::kPostServe) room.Serve(at->cell());
        return;
      }
      case 24:
      case 25:
        return Park(actor, at);
      case 26:
        return ParkSync(actor, at);
      case 27:
        room.Close(at->cell());
        CHECK_SAYS(room.WaitersOf(at->cell()).empty(), "somebody waits at what was closed");
        return;
      case 28:
        room.Resize(at->cell(), input_.Word());
        return;
      case 29:
        if (at->slot() != nullptr) room.Forget(at->cell(), at->slot(), Permits());
        return;
      case 30:
        room.Notify(at->cell(), input_.Word());
        return;
      case 31:
        return Less(at);
    }
  }

  // What is called less often.
  void Less(Attachment* at) {
    efd::Room<S>& room = TheRoom();
    switch (input_.Below(4)) {
      case 0:
        room.SetEvent(at->cell());
        return;
      case 1:
        return room.SetBroken(at->cell(), input_.Below(2) == 0);
      case 2:
        room.TakeAbandoned(at->cell());
        return;
      case 3:
        room.Serve(at->cell());
        return;
    }
  }

  // JavaScript passes no more than these.
  int32_t Permits() {
    static constexpr int32_t kSome[] = {1, 1, 1, 2, 3, 0, efd::kMaxPermits, efd::kMaxPermits - 1};
    return kSome[input_.Below(std::size(kSome))];
  }

  void AllocateAny() {
    const auto kind = static_cast<int32_t>(efd::kSemaphore + input_.Below(efd::kBarrier));
    const int32_t flags = input_.Byte() & 31;
    const int32_t permits = Permits();
    Allocate(kind, flags, input_.Below(4) == 0 ? 1 - permits : permits, Permits());
  }

  void Allocate(int32_t kind, int32_t flags, int32_t permits, int32_t max) {
    const uint32_t offset = arena_->AllocateCell(kind, flags, permits, max, "");
    if (offset == 0) return;
    CHECK(offset % Arena::kLine == 0 && offset + Arena::kLine <= kBytes);
    cells_.push_back({offset, kind, static_cast<uint32_t>(arena_->At(offset)[efd::kGeneration])});
  }

  // By a handle that tells the truth, or has one field forged, or was read back from the memory.
  void Attach(Actor& actor) {
    if (cells_.empty()) return;
    Cell named = Some(cells_);
    switch (input_.Below(8)) {
      case 0:
        named.offset = static_cast<uint32_t>(input_.Word());
        break;
      case 1:
        named.kind = input_.Word();
        break;
      case 2:
        named.generation = static_cast<uint32_t>(input_.Word());
        break;
      case 3:
        named.generation = static_cast<uint32_t>(arena_->At(named.offset)[efd::kGeneration]);
        named.kind = arena_->At(named.offset)[efd::kKind];
        break;
    }
    const uint32_t index = input_.Below(2);
    uint32_t id;
    if (actor.participant.ArenaAt(index) != nullptr) {
      actor.participant.Attach(index, named.offset, named.kind, named.generation, &id);
    }
  }

  // As a handle's memory does; the header may not say any more that it is an arena.
  void Join(Actor& actor) {
    efd::ArenaRef found;
    if (TheArenas().Find(Memory(), input_.Below(4) == 0 ? kBytes : kBytes / 2, &found) != Arenas::Found::kOk) {
      if (input_.Below(4) == 0) return;  // others joined when it still said so
      found = efd::ArenaRef(arena_);
    }
    CHECK(found == arena_);
    bool is_new;
    actor.participant.Join(found, &is_new);
  }

  void Dispose() {
    if (cells_.empty()) return;
    const Cell cell = Some(cells_);
    arena_->Dispose(cell.offset, cell.kind, cell.generation);
  }

  // A wait that was queued; null when it was over at once.
  Waiter* Arrive(Actor& actor, Attachment* at, bool sync) {
    const int32_t want = Permits();
    const auto role = static_cast<Role>(input_.Below(3));
    Waiter* waiter = actor.participant.NewWait(at, want, role, sync);
    waiter->priority = static_cast<uint8_t>(input_.Below(efd::kMostPriority + 1));
    waiter->since = input_.Byte() * int64_t{1'000'000'000};
    const bool party = role == Role::kParty;
    const Outcome outcome = party ? TheRoom().ArriveAtBarrier(waiter) : TheRoom().Arrive(waiter);
    if (party) {
      at->party = true;
      at->life = waiter->life;
    }
    if (outcome == Outcome::kWaiting) return waiter;
    actor.participant.EndWait(waiter);
    return nullptr;
  }

  void Park(Actor& actor, Attachment* at) {
    if (Waiter* waiter = Arrive(actor, at, /*sync=*/false)) actor.promises.push_back(waiter);
  }

  void ParkSync(Actor& actor, Attachment* at) {
    LeaveSync(actor);
    actor.blocked = Arrive(actor, at, /*sync=*/true);
    if (actor.blocked == nullptr || at->kind != efd::kMutex) return;
    actor.participant.SetBlockedOn(
        {at->arena, at->offset, at->cell(), at->generation, roster_.NextOrder(), actor.blocked});
  }

  void Slice(Actor& actor) {
    if (actor.blocked == nullptr) return;
    auto* thread = actor.participant.thread();
    thread->BeginSyncWait();
    TheRoom().BeginBlocking(thread);
    if (thread->ParkUnlessReady(actor.blocked)) thread->Unparked(/*heard=*/true);
    const bool looks = actor.blocked->ready || actor.blocked->naps;
    if (looks && TheRoom().Resume(actor.blocked) != Outcome::kWaiting) {
      EndSync(actor);
    } else if (input_.Byte() % 2 == 0) {
      TheRoom().EndNap(actor.blocked);
    }
    thread->EndSyncWait();
  }

  void LeaveSync(Actor& actor) {
    if (actor.blocked == nullptr) return;
    TheRoom().Leave(actor.blocked);
    EndSync(actor);
  }

  void EndSync(Actor& actor) {
    actor.participant.SetBlockedOn({});
    actor.participant.EndWait(actor.blocked);
    actor.blocked = nullptr;
    TheRoom().EndBlocking(actor.participant.thread());
  }

  void Turn(Actor& actor) {
    actor.participant.thread()->Heard();
    while (Waiter* waiter = actor.participant.thread()->NextReady()) {
      if (TheRoom().Resume(waiter) != Outcome::kWaiting) EndPromise(actor, waiter);
    }
  }

  void Leave(Actor& actor) {
    if (actor.promises.empty()) return;
    Waiter* waiter = Some(actor.promises);
    TheRoom().Leave(waiter);
    EndPromise(actor, waiter);
  }

  void EndPromise(Actor& actor, Waiter* waiter) {
    std::erase(actor.promises, waiter);
    actor.participant.EndWait(waiter);
  }

  // Everybody is dead. Nobody waits, and once every cell is disposed of, every line is there to be had, once.
  void CheckBooks() {
    for (uint32_t offset = 0; offset < kBytes; offset += Arena::kLine) {
      CHECK_SAYS(TheRoom().WaitersOf(arena_->At(offset)).empty(), "a dead thread waits");
    }
    for (const Cell& cell : cells_) arena_->Dispose(cell.offset, cell.kind, cell.generation);
    arena_->SetBytes(kBytes);
    std::set<uint32_t> lines;
    while (const uint32_t line = arena_->AllocateLedgerLine()) {
      CHECK_SAYS(line < kBytes && lines.insert(line).second, "a line was allocated twice");
    }
    CHECK_SAYS(lines.size() == kLines - 1, "lines of the arena were lost");
  }

  Input input_;
  Scribbler scribbler_;
  efd::Roster<S> roster_;
  Arena* arena_;
  std::vector<Cell> cells_;
  std::unique_ptr<Actor> actors_[kActors];
  std::vector<std::unique_ptr<Actor>> dead_;
};

}  // namespace fuzz
