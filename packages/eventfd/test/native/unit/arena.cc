#include "core/arena.h"

#include <set>

#include "lib/parties.h"

namespace unit_arena {

using efd::Arena;
using efd::Arenas;
using test::kAddon;
using test::Memory;
constexpr int32_t kKind = efd::kSemaphore;
using Check = Arena::Check;

struct Fresh {
  explicit Fresh(std::size_t lines = Memory::kLines) : arena(memory.bytes, lines * Arena::kLine, kAddon, 1) {}
  uint32_t Allocate() { return arena.AllocateCell(kKind, 0, 3, 5, "cell"); }
  Memory memory;
  Arena arena;
};

// The arenas of a process, which are never destroyed; each test has its own.
Arenas& Process(uint64_t addon) {
  static auto& all = *new std::vector<Arenas*>;
  all.push_back(new Arenas(addon));
  return *all.back();
}

TEST("arena: the first word stays 0, the header names addon and arena") {
  Fresh fresh;
  const auto* header = reinterpret_cast<const Arena::Header*>(fresh.memory.bytes);
  CHECK_EQ(header->zero, 0);
  CHECK_EQ(header->magic, Arena::kMagic);
  CHECK_EQ(header->addon_id, kAddon);
  CHECK_EQ(header->id, 1);
}

TEST("arena: a cell is a line of its own, written whole") {
  Fresh fresh;
  const uint32_t a = fresh.Allocate(), b = fresh.Allocate();
  CHECK(a != 0 && b != 0 && a != b);
  CHECK_EQ(a % Arena::kLine, 0);
  const int32_t* cell = fresh.arena.At(a);
  CHECK_EQ(cell[efd::kState], efd::AsState(3));
  CHECK_EQ(cell[efd::kTotal], 3);
  CHECK_EQ(cell[efd::kMax], 5);
  CHECK_EQ(cell[efd::kKind], kKind);
  CHECK_EQ(cell[efd::kGeneration], 1);
  CHECK_EQ(cell[efd::kWaiting], 0);
}

TEST("arena: full until the memory grows; it never shrinks") {
  Fresh fresh(3);
  CHECK(fresh.Allocate() != 0);
  CHECK(fresh.Allocate() != 0);
  CHECK(!fresh.arena.HasRoom());
  CHECK_EQ(fresh.Allocate(), 0);
  CHECK_EQ(fresh.arena.AllocateLedgerLine(), 0);
  fresh.arena.SetBytes(4 * Arena::kLine);
  CHECK(fresh.arena.HasRoom());
  CHECK_EQ(fresh.Allocate(), 3 * Arena::kLine);
  fresh.arena.SetBytes(Arena::kLine);
  CHECK(fresh.arena.Contains(3 * Arena::kLine));
  CHECK_EQ(fresh.Allocate(), 0);
  fresh.arena.FreeLedgerLine(3 * Arena::kLine);
  CHECK(fresh.arena.HasRoom());
}

TEST("arena: an offset is inside, aligned, and has room for a cell") {
  Fresh fresh(4);
  CHECK(fresh.arena.Contains(0));
  CHECK(fresh.arena.Contains(3 * Arena::kLine));
  CHECK(!fresh.arena.Contains(3 * Arena::kLine + 4));
  CHECK(!fresh.arena.Contains(2));
  CHECK(!fresh.arena.Contains(4 * Arena::kLine));
  CHECK(!fresh.arena.Contains(0xfffffffc));
}

TEST("arena: a handle is refused for what is wrong with it") {
  Fresh fresh;
  const uint32_t cell = fresh.Allocate(), ledger = fresh.arena.AllocateLedgerLine();
  CHECK(fresh.arena.CheckCell(cell, kKind, 1) == Check::kOk);
  CHECK(fresh.arena.CheckCell(cell, kKind + 1, 1) == Check::kOtherKind);
  CHECK(fresh.arena.CheckCell(cell, kKind, 2) == Check::kStale);
  CHECK(fresh.arena.CheckCell(cell, kKind, 0) == Check::kStale);
  CHECK(fresh.arena.CheckCell(cell + 4, kKind, 1) == Check::kNotACell);
  CHECK(fresh.arena.CheckCell(0, kKind, 0) == Check::kNotACell);
  CHECK(fresh.arena.CheckCell(ledger, kKind, 0) == Check::kNotACell);
  CHECK(fresh.arena.CheckCell(63 * Arena::kLine, kKind, 1) == Check::kNotACell);
  CHECK(fresh.arena.CheckCell(0xffffffc0, kKind, 1) == Check::kNotACell);
}

TEST("arena: the memory may say what it likes, it is not believed") {
  Fresh fresh;
  const uint32_t cell = fresh.Allocate();
  for (int word = 0; word < efd::kCellBytes / 4; word++) fresh.arena.At(cell)[word] = -1;
  CHECK(fresh.arena.CheckCell(cell, kKind, 1) == Check::kOk);
  CHECK(fresh.arena.CheckCell(cell, -1, static_cast<uint32_t>(-1)) == Check::kStale);
}

TEST("arena: a disposed cell is used again under the next generation, and old handles are stale") {
  Fresh fresh;
  const uint32_t cell = fresh.Allocate();
  CHECK(!fresh.arena.Dispose(cell, kKind + 1, 1));
  CHECK(fresh.arena.Dispose(cell, kKind, 1));
  CHECK(!fresh.arena.Dispose(cell, kKind, 1));
  CHECK(fresh.arena.Attach(cell, kKind, 1) == Check::kStale);
  CHECK_EQ(fresh.Allocate(), cell);
  CHECK(fresh.arena.CheckCell(cell, kKind, 1) == Check::kStale);
  CHECK(fresh.arena.CheckCell(cell, kKind, 2) == Check::kOk);
}

TEST("arena: a cell disposed of while attached is used again only when the last lets go") {
  Fresh fresh;
  const uint32_t cell = fresh.Allocate();
  CHECK(fresh.arena.Attach(cell, kKind, 1) == Check::kOk);
  CHECK(fresh.arena.Attach(cell, kKind, 1) == Check::kOk);
  CHECK(fresh.arena.Dispose(cell, kKind, 1));
  fresh.arena.Detach(cell);
  CHECK(fresh.Allocate() != cell);
  fresh.arena.Detach(cell);
  CHECK_EQ(fresh.Allocate(), cell);
}

TEST("arena: a line that has had its last generation is never used again") {
  for (const bool attached : {false, true}) {
    Memory memory;
    Arena arena(memory.bytes, sizeof memory.bytes, kAddon, 1, UINT32_MAX - 2);
    const auto allocate = [&] { return arena.AllocateCell(kKind, 0, 1, 1, ""); };
    const uint32_t cell = allocate();
    CHECK(arena.Dispose(cell, kKind, UINT32_MAX - 1));
    CHECK_EQ(allocate(), cell);
    CHECK_EQ(static_cast<uint32_t>(arena.At(cell)[efd::kGeneration]), UINT32_MAX);
    CHECK(arena.CheckCell(cell, kKind, UINT32_MAX) == Check::kOk);
    if (attached) CHECK(arena.Attach(cell, kKind, UINT32_MAX) == Check::kOk);
    CHECK(arena.Dispose(cell, kKind, UINT32_MAX));
    if (attached) arena.Detach(cell);
    CHECK(allocate() != cell);
    CHECK(arena.AllocateLedgerLine() != cell);
    for (const uint32_t old : {0u, 1u, UINT32_MAX}) CHECK(arena.CheckCell(cell, kKind, old) == Check::kStale);
  }
}

TEST("arena: a ledger comes between two generations, and counts for none") {
  Memory memory;
  Arena arena(memory.bytes, sizeof memory.bytes, kAddon, 1, UINT32_MAX - 2);
  const uint32_t cell = arena.AllocateCell(kKind, 0, 1, 1, "");
  CHECK(arena.Dispose(cell, kKind, UINT32_MAX - 1));
  CHECK_EQ(arena.AllocateLedgerLine(), cell);
  arena.FreeLedgerLine(cell);
  CHECK_EQ(arena.AllocateCell(kKind, 0, 1, 1, ""), cell);
  CHECK(arena.CheckCell(cell, kKind, UINT32_MAX - 1) == Check::kStale);
  CHECK(arena.CheckCell(cell, kKind, UINT32_MAX) == Check::kOk);
}

TEST("arena: a ledger line comes back zeroed, and as a cell if need be") {
  Fresh fresh;
  const uint32_t line = fresh.arena.AllocateLedgerLine();
  fresh.arena.At(line)[5] = 9;
  fresh.arena.FreeLedgerLine(line);
  CHECK_EQ(fresh.arena.AllocateLedgerLine(), line);
  CHECK_EQ(fresh.arena.At(line)[5], 0);
  fresh.arena.FreeLedgerLine(line);
  CHECK_EQ(fresh.Allocate(), line);
  CHECK(fresh.arena.CheckCell(line, kKind, 1) == Check::kOk);
}

TEST("arena: the books of a burst are given back") {
  constexpr std::size_t kCells = 100'000;
  const auto memory = std::make_unique<Memory[]>(kCells / Memory::kLines + 1);
  Arena arena(memory[0].bytes, kCells * Arena::kLine, kAddon, 1);
  std::vector<uint32_t> cells;
  while (const uint32_t cell = arena.AllocateCell(kKind, 0, 1, 1, "a name that is not short")) cells.push_back(cell);
  CHECK(arena.BytesBesideLines() > kCells);
  for (const uint32_t cell : cells) CHECK(arena.Dispose(cell, kKind, 1));
  CHECK(arena.BytesBesideLines() < 20'000);
  for (std::size_t i = 0; i < cells.size(); i++) CHECK(arena.AllocateCell(kKind, 0, 1, 1, "") != 0);
  CHECK(!arena.HasRoom());
}

TEST("arenas: memory is found by address and by what its header says") {
  Memory memory, other;
  auto& arenas = Process(kAddon);
  Arena* made = arenas.Create(memory.bytes, sizeof memory.bytes);
  efd::ArenaRef found;
  CHECK(arenas.Find(memory.bytes, sizeof memory.bytes, &found) == Arenas::Found::kOk);
  CHECK(found == made);
  CHECK(arenas.Find(memory.bytes, 32, &found) == Arenas::Found::kNoArena);
  CHECK(arenas.Find(other.bytes, sizeof other.bytes, &found) == Arenas::Found::kNoArena);
  // A copy of an arena at another address is none.
  memcpy(other.bytes, memory.bytes, sizeof other.bytes);
  CHECK(arenas.Find(other.bytes, sizeof other.bytes, &found) == Arenas::Found::kNoArena);
}

TEST("arenas: another copy of the addon's memory is told apart") {
  Memory memory;
  auto &ours = Process(kAddon), &theirs = Process(kAddon + 1);
  theirs.Create(memory.bytes, sizeof memory.bytes);
  efd::ArenaRef found;
  CHECK(ours.Find(memory.bytes, sizeof memory.bytes, &found) == Arenas::Found::kOtherAddon);
}

TEST("arenas: new memory at an address takes the place of the old") {
  Memory memory;
  auto& arenas = Process(kAddon);
  arenas.Create(memory.bytes, sizeof memory.bytes);
  Memory before = memory;
  memory = Memory{};
  Arena* second = arenas.Create(memory.bytes, sizeof memory.bytes);
  efd::ArenaRef found;
  CHECK(arenas.Find(memory.bytes, sizeof memory.bytes, &found) == Arenas::Found::kOk);
  CHECK(found == second);
  memory = before;
  CHECK(arenas.Find(memory.bytes, sizeof memory.bytes, &found) == Arenas::Found::kNoArena);
}

// What stands for the machine's: memory that is there, by its address.
std::set<const void*> mapped;

TEST("arenas: the books go with the memory, once nobody has joined it") {
  Arenas arenas(kAddon, [](const void* base) { return mapped.count(base) > 0; });
  Memory stays, joined, under_way, gone, next;
  mapped = {stays.bytes, joined.bytes, under_way.bytes, gone.bytes, next.bytes};
  for (Memory* memory : {&stays, &joined, &under_way, &gone}) arenas.Create(memory->bytes, sizeof memory->bytes);
  efd::ArenaRef found;
  CHECK(arenas.Find(joined.bytes, sizeof joined.bytes, &found) == Arenas::Found::kOk);
  found->joined++;
  CHECK_EQ(arenas.count(), 4);
  // What somebody has joined is there, whatever is said of it.
  mapped.erase(gone.bytes);
  mapped.erase(joined.bytes);
  arenas.Create(next.bytes, sizeof next.bytes);
  CHECK_EQ(arenas.count(), 4);
  CHECK(arenas.Find(under_way.bytes, sizeof under_way.bytes, &found) == Arenas::Found::kOk);
  CHECK(arenas.Find(joined.bytes, sizeof joined.bytes, &found) == Arenas::Found::kOk);
  CHECK(arenas.Find(gone.bytes, sizeof gone.bytes, &found) == Arenas::Found::kNoArena);
}

TEST("arenas: the books of an arena are there while somebody names it, whatever took its place") {
  Memory memory;
  Arenas arenas(kAddon);
  efd::ArenaRef named = arenas.Create(memory.bytes, sizeof memory.bytes);
  const uint32_t cell = named->AllocateCell(kKind, 0, 1, 1, "old");
  const efd::ArenaRef next = arenas.Create(memory.bytes, sizeof memory.bytes);
  CHECK(next != named && next->id() != named->id());
  CHECK(named->NameOf(cell) == "old");
}

}  // namespace unit_arena
