#include "core/names.h"

#include <memory>
#include <string>

#include "core/roster.h"
#include "lib/parties.h"

namespace unit_names {

using efd::Arena;
using efd::NamedSpec;
using efd::RealSync;
using test::CountingWaker;
using test::kAddon;
using test::TheRoom;
using Names = efd::Names<RealSync>;
using Opened = Names::Opened;
using Participant = efd::Participant<RealSync>;

constexpr NamedSpec kOfFour{.kind = efd::kSemaphore, .permits = 4, .max = efd::kMaxPermits};
constexpr NamedSpec kLock{.kind = efd::kMutex, .permits = 1, .max = 1};

struct Table {
  static constexpr std::size_t kBytes = 64 * Arena::kLine;
  alignas(64) uint8_t memory[kBytes] = {};
  Names names{memory, kBytes / 4, kBytes, kAddon, [](void*, std::size_t) { return true; }};
};

struct Thread {
  explicit Thread(Table* table) : names(&table->names), participant(&TheRoom(), &waker) {
    bool is_new;
    arena = participant.Join(names->arena(), &is_new);
  }

  Opened Open(std::u16string_view name, const NamedSpec& wanted, bool exact = true) {
    const std::string label(name.begin(), name.end());
    Opened opened = Opened::kNoRoom;
    const auto find = [&](uint32_t* offset, uint32_t* generation) {
      opened = names->Open(name, wanted, exact, exact ? &label : nullptr, &found);
      *offset = found.offset;
      *generation = found.generation;
      return opened == Opened::kOk;
    };
    participant.AttachTo(arena, wanted.kind, 0, &id, find);
    return opened;
  }
  Participant::Attachment* at() { return participant.At(id); }

  Names* const names;
  CountingWaker waker;
  Participant participant;
  uint32_t arena = 0;
  uint32_t id = 0;  // of the last that was opened
  Names::Found found;
};

TEST("names: two threads find one cell, and another under another name") {
  Table table;
  Thread a(&table), b(&table);
  CHECK(a.Open(u"db", kOfFour) == Opened::kOk);
  CHECK(b.Open(u"db", kOfFour) == Opened::kOk);
  CHECK(a.at()->cell() == b.at()->cell());
  CHECK(b.Open(u"db2", kOfFour) == Opened::kOk);
  CHECK(a.at()->cell() != b.at()->cell());
  CHECK_EQ(table.names.count(), 2);
}

TEST("names: what is not the same is told, and not attached") {
  Table table;
  Thread a(&table), b(&table);
  CHECK(a.Open(u"db", kOfFour) == Opened::kOk);
  NamedSpec other = kOfFour;
  other.permits = 5;
  CHECK(b.Open(u"db", other) == Opened::kMismatch);
  CHECK_EQ(b.found.spec.permits, 4);
  CHECK(b.Open(u"db", kLock) == Opened::kMismatch);
  CHECK_EQ(b.found.spec.kind, efd::kSemaphore);
  CHECK(b.Open(u"db", kLock, false) == Opened::kMismatch);
  CHECK(b.Open(u"none", kLock, false) == Opened::kNotFound);
  CHECK(b.Open(u"db", {.kind = efd::kSemaphore}, false) == Opened::kOk);
  CHECK(b.participant.Detach(b.id));
  CHECK(a.participant.Detach(a.id));
  CHECK_EQ(table.names.count(), 0);
}

TEST("names: code units are compared, also those that are no characters") {
  Table table;
  Thread a(&table);
  const std::u16string_view all[] = {
      u"", std::u16string_view(u"\0", 1), std::u16string_view(u"a\0b", 3), u"a", u"\xD800", u"\xDC00", u"\xFFFD"};
  for (const auto name : all) CHECK(a.Open(name, kLock) == Opened::kOk);
  CHECK_EQ(table.names.count(), 7);
  CHECK(table.names.NameOf(a.found.offset) == u"\xFFFD");
}

TEST("names: the last to let go frees the cell, and an old handle does not attach the next") {
  Table table;
  Thread a(&table), b(&table);
  CHECK(a.Open(u"db", kLock) == Opened::kOk);
  CHECK(b.Open(u"db", kLock) == Opened::kOk);
  const Names::Found old = a.found;
  CHECK(a.participant.Detach(a.id));
  CHECK_EQ(table.names.count(), 1);
  CHECK(b.participant.Detach(b.id));
  CHECK_EQ(table.names.count(), 0);
  CHECK(a.Open(u"other", kLock) == Opened::kOk);
  CHECK_EQ(a.found.offset, old.offset);
  CHECK(a.found.generation != old.generation);
  uint32_t id;
  CHECK(b.participant.Attach(b.arena, old.offset, efd::kMutex, old.generation, &id) == Participant::Attached::kRefused);
  CHECK(b.participant.Attach(b.arena, a.found.offset, efd::kMutex, a.found.generation, &id) ==
        Participant::Attached::kOk);
  CHECK(a.participant.Detach(a.id));
  CHECK_EQ(table.names.count(), 1);
  CHECK(b.participant.Detach(id));
  CHECK_EQ(table.names.count(), 0);
}

TEST("names: who holds keeps it; a death gives back and lets go") {
  Table table;
  Thread a(&table), b(&table);
  CHECK(a.Open(u"db", kLock) == Opened::kOk);
  CHECK(b.Open(u"db", kLock) == Opened::kOk);
  CHECK(efd::TryTake<RealSync>(a.at()->cell(), a.at()->slot(), 1) == efd::kTaken);
  CHECK(!a.participant.Detach(a.id));
  a.participant.Die();
  CHECK_EQ(table.names.count(), 1);
  CHECK(efd::TryTake<RealSync>(b.at()->cell(), b.at()->slot(), 1) == efd::kTakenAbandoned);
  CHECK(TheRoom().TakeAbandoned(b.at()->cell()));
  CHECK(efd::Release<RealSync>(b.at()->cell(), b.at()->slot(), 1) == efd::kReleased);
  b.participant.Die();
  CHECK_EQ(table.names.count(), 0);
}

// Opens it, locks it and dies.
void DieWith(Table* table, std::u16string_view name) {
  Thread thread(table);
  CHECK(thread.Open(name, kLock) == Opened::kOk);
  CHECK(efd::TryTake<RealSync>(thread.at()->cell(), thread.at()->slot(), 1) >= efd::kTaken);
  thread.participant.Die();
}

TEST("names: a mutex whose owner died is kept until the next has been told") {
  Table table;
  DieWith(&table, u"m");
  CHECK_EQ(table.names.count(), 1);
  Thread a(&table);
  CHECK(a.Open(u"m", kLock) == Opened::kOk);
  CHECK(a.participant.Detach(a.id));
  CHECK(a.Open(u"m", kLock) == Opened::kOk);
  CHECK(efd::TryTake<RealSync>(a.at()->cell(), a.at()->slot(), 1) == efd::kTakenAbandoned);
  CHECK(TheRoom().TakeAbandoned(a.at()->cell()));
  CHECK(efd::Release<RealSync>(a.at()->cell(), a.at()->slot(), 1) == efd::kReleased);
  CHECK(a.participant.Detach(a.id));
  CHECK_EQ(table.names.count(), 0);
}

TEST("names: what nobody has open is no disagreement") {
  Table table;
  DieWith(&table, u"m");
  Thread a(&table);
  CHECK(a.Open(u"m", {.kind = efd::kSemaphore}, false) == Opened::kNotFound);
  CHECK_EQ(table.names.count(), 1);
  CHECK(a.Open(u"m", kOfFour) == Opened::kOk);
  CHECK_EQ(table.names.count(), 1);
  CHECK(a.participant.Detach(a.id));
  CHECK_EQ(table.names.count(), 0);
}

TEST("names: of those whose owners died so many are kept") {
  constexpr std::size_t kBytes = 4096 * Arena::kLine;
  auto memory = std::make_unique<uint8_t[]>(kBytes + Arena::kLine);
  uint8_t* base = memory.get() + Arena::kLine - reinterpret_cast<uintptr_t>(memory.get()) % Arena::kLine;
  Names names(base, kBytes, kBytes, kAddon, [](void*, std::size_t) { return false; });
  CountingWaker waker;
  for (std::size_t i = 0; i < Names::kMostOrphans + 100; i++) {
    const std::string label = std::to_string(i);
    const std::u16string name(label.begin(), label.end());
    Participant participant(&TheRoom(), &waker);
    bool is_new;
    uint32_t id = 0;
    Names::Found found;
    participant.AttachTo(participant.Join(names.arena(), &is_new), efd::kMutex, 0, &id, [&](auto* offset, auto* of) {
      CHECK(names.Open(name, kLock, true, &label, &found) == Opened::kOk);
      *offset = found.offset;
      *of = found.generation;
      return true;
    });
    auto* at = participant.At(id);
    CHECK(efd::TryTake<RealSync>(at->cell(), at->slot(), 1) >= efd::kTaken);
    participant.Die();
  }
  CHECK_EQ(names.count(), Names::kMostOrphans);
  Names::Found found;
  CHECK(names.Open(u"99", kLock, true, nullptr, &found) == Opened::kNotFound);
  CHECK(names.Open(u"100", kLock, true, nullptr, &found) == Opened::kOk);
}

TEST("names: a condition keeps its mutex, and is told from one over another") {
  Table table;
  Thread a(&table), b(&table);
  CHECK(a.Open(u"m", kLock) == Opened::kOk);
  const uint32_t mutex = a.id;
  const NamedSpec over{.kind = efd::kCondition, .over = a.found.offset, .over_generation = a.found.generation};
  CHECK(a.Open(u"c", over) == Opened::kOk);
  CHECK(a.participant.Detach(mutex));
  CHECK_EQ(table.names.count(), 2);
  CHECK(b.Open(u"m2", kLock) == Opened::kOk);
  NamedSpec another = over;
  another.over = b.found.offset;
  CHECK(b.Open(u"c", another) == Opened::kMismatch);
  CHECK(a.participant.Detach(a.id));
  CHECK_EQ(table.names.count(), 1);
  CHECK(b.Open(u"c", over) == Opened::kMutexGone);
  CHECK_EQ(table.names.count(), 1);
}

TEST("names: the memory grows up to what is reserved, and what was freed is used again") {
  Table table;
  Thread a(&table);
  std::vector<uint32_t> ids;
  for (int i = 0;; i++) {
    const std::string text = std::to_string(i);
    const std::u16string name(text.begin(), text.end());
    if (a.Open(name, {.kind = efd::kSignal, .max = 9}) == Opened::kOk) {
      ids.push_back(a.id);
    } else if (!table.names.Grow()) {
      break;
    }
  }
  CHECK_EQ(ids.size(), 63);  // but the first line
  for (uint32_t id : ids) CHECK(a.participant.Detach(id));
  CHECK_EQ(table.names.count(), 0);
  CHECK(a.Open(u"again", {.kind = efd::kSignal, .max = 9}) == Opened::kOk);
}

TEST("names: who inspects sees them, by their names") {
  Table table;
  Thread a(&table);
  efd::Roster<RealSync> roster;
  a.participant.thread()->id = 7;
  roster.Add(&a.participant);
  CHECK(a.Open(u"db", kOfFour) == Opened::kOk);
  CHECK(efd::TryTake<RealSync>(a.at()->cell(), a.at()->slot(), 3) == efd::kTaken);
  const auto objects = roster.Inspect(&TheRoom());
  CHECK_EQ(objects.size(), 1);
  CHECK(objects[0].name == "db");
  CHECK_EQ(objects[0].free, 1);
  CHECK_EQ(objects[0].holders.at(0).thread, 7);
  roster.Remove(&a.participant);
}

}  // namespace unit_names
