// What a thread's books take: it follows what there is, in both directions, and no search goes through all of it.
#include <algorithm>

#include "lib/parties.h"

namespace unit_books {

using efd::RealSync;
using test::Arena;
using test::kAddon;
using Participant = efd::Participant<RealSync>;
using Attachment = Participant::Attachment;

constexpr uint32_t kMany = 20'000;

// Cells, and a thread.
struct World {
  World() : arena(memory[0].bytes, kLines * Arena::kLine, kAddon, 1) {
    bool is_new;
    member = participant.Join(&arena, &is_new);
    for (uint32_t& cell : cells) cell = arena.AllocateCell(efd::kMutex, 0, 1, 1, "");
  }
  ~World() { participant.Die(); }

  uint32_t Attach(uint32_t cell) {
    uint32_t id;
    CHECK(participant.Attach(member, cell, efd::kMutex, 1, &id) == Participant::Attached::kOk);
    return id;
  }

  static constexpr uint32_t kLines = kMany + kMany / 8;
  const std::unique_ptr<test::Memory[]> memory = std::make_unique<test::Memory[]>(kLines / test::Memory::kLines + 1);
  Arena arena;
  test::CountingWaker waker;
  Participant participant{&test::TheRoom(), &waker};
  uint32_t member;
  std::vector<uint32_t> cells = std::vector<uint32_t>(kMany);
};

TEST("books: a burst of attachments, and of its ledgers, is given back") {
  World world;
  std::vector<uint32_t> ids;
  for (const uint32_t cell : world.cells) ids.push_back(world.Attach(cell));
  const auto most = world.participant.size();
  CHECK(most.attachments >= kMany / 64 && most.lines >= kMany / 16 && most.buckets >= kMany);
  for (const uint32_t id : ids) CHECK(world.participant.Detach(id));
  const auto least = world.participant.size();
  CHECK(least.attachments == 1 && least.lines == 1 && least.buckets <= 64);
  // The arena has the lines back.
  for (uint32_t i = 0; i < kMany / 16 - 1; i++) CHECK(world.arena.AllocateLedgerLine() != 0);
}

TEST("books: a burst of waits is given back") {
  World world;
  CHECK(efd::TryTake<RealSync>(world.arena.At(world.cells[0]), nullptr, 1) == efd::kTaken);
  Attachment* at = world.participant.At(world.Attach(world.cells[0]));
  std::vector<test::Waiter*> waits;
  for (uint32_t i = 0; i < kMany; i++) {
    waits.push_back(world.participant.NewWait(at, 1, efd::Role::kTaker, false));
    CHECK(test::TheRoom().Arrive(waits.back()) == efd::Outcome::kWaiting);
  }
  CHECK(world.participant.size().waiters >= kMany / 64);
  for (test::Waiter* waiter : waits) {
    test::TheRoom().Leave(waiter);
    world.participant.EndWait(waiter);
  }
  CHECK_EQ(world.participant.size().waiters, 1);
}

TEST("books: whether a thread holds a cell is found by the cell") {
  efd::AttachmentTable table;
  World world;
  std::vector<uint32_t> ids;
  const auto add = [&](uint32_t cell) { ids.push_back(table.Add({.arena = &world.arena, .offset = cell})); };
  for (const uint32_t cell : world.cells) add(cell);
  // As near to each other as chance puts them.
  CHECK(table.longest() <= 8);
  const auto count = [&](uint32_t cell) {
    int count = 0;
    table.ForEachOf(world.arena.At(cell), [&](const Attachment& each) {
      CHECK_EQ(each.offset, cell);
      count++;
    });
    return count;
  };
  for (int i = 0; i < 1000; i++) add(world.cells[7]);
  CHECK_EQ(count(world.cells[7]), 1001);
  CHECK_EQ(count(world.cells[8]), 1);
  // In an order of no kind; it shrinks meanwhile.
  std::reverse(ids.begin() + 300, ids.end() - 300);
  for (const uint32_t id : ids) table.Remove(id);
  CHECK_EQ(count(world.cells[7]), 0);
  CHECK(table.buckets() <= 64 && table.chunks() == 1);
}

TEST("books: a thread holds what it took through any of its attachments") {
  World world;
  const int32_t* cell = world.arena.At(world.cells[5]);
  world.Attach(world.cells[5]);
  Attachment* second = world.participant.At(world.Attach(world.cells[5]));
  CHECK(!world.participant.Holds(cell));
  CHECK(efd::TryTake<RealSync>(second->cell(), second->slot(), 1) == efd::kTaken);
  CHECK(world.participant.Holds(cell));
  CHECK(!world.participant.Holds(world.arena.At(world.cells[6])));
}

}  // namespace unit_books
