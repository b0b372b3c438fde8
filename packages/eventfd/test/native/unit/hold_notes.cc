// What is noted of holds: where they were acquired.
#include "core/hold_notes.h"

#include "lib/parties.h"

namespace unit_hold_notes {

using efd::AttachmentTable;
using efd::HoldNotes;

struct World {
  AttachmentTable::Entry one, two;
  HoldNotes holds;

  // "stack: permits, ..." of an attachment, the latest first.
  std::string Of(const AttachmentTable::Entry& entry, int32_t held = efd::kMaxPermits) const {
    std::vector<HoldNotes::Noted> noted;
    holds.CopyTo(entry, held, &noted);
    return Text(noted);
  }
  static std::string Text(const std::vector<HoldNotes::Noted>& noted) {
    std::string text;
    for (const auto& each : noted) {
      text += (text.empty() ? "" : ", ") + *each.stack + ": " + std::to_string(each.permits);
      if (each.holds != 1) text += " in " + std::to_string(each.holds);
    }
    return text;
  }
};

TEST("hold notes: each is noted with its attachment until it is dropped, and its stack once") {
  World world;
  auto& [one, two, holds] = world;
  const auto a = holds.Add(&one, 1, "here", 1);
  const auto b = holds.Add(&one, 2, "there", 2);
  const auto c = holds.Add(&two, 3, "here", 3);
  CHECK(world.Of(one) == "there: 2, here: 1");
  CHECK(world.Of(two) == "here: 3");
  CHECK_EQ(holds.sites(), 2);
  holds.Drop(a);
  holds.Drop(a);
  CHECK(world.Of(one) == "there: 2");
  holds.Drop(c);
  CHECK_EQ(holds.sites(), 1);
  holds.Drop(b);
  CHECK(holds.size() == 0 && holds.sites() == 0 && world.Of(one).empty() && world.Of(two).empty());
}

TEST("hold notes: no more is told of than is held, the latest first") {
  World world;
  world.holds.Add(&world.one, 2, "first", 1);
  world.holds.Add(&world.one, 2, "last", 2);
  CHECK(world.Of(world.one, 3) == "last: 2, first: 1");
  CHECK(world.Of(world.one, 1) == "last: 1");
  CHECK(world.Of(world.one, 0) == "");
}

TEST("hold notes: a name that was used before means nothing") {
  World world;
  const auto old = world.holds.Add(&world.one, 1, "old", 1);
  world.holds.Drop(old);
  const auto later = world.holds.Add(&world.one, 1, "later", 2);
  for (const HoldNotes::Id id : {old, HoldNotes::Id{0}, UINT64_MAX}) {
    world.holds.Drop(id);
    world.holds.Merge(later, id);
    world.holds.Merge(id, later);
    CHECK_EQ(world.holds.Split(id, 1), 0);
  }
  CHECK(world.Of(world.one) == "later: 1");
}

TEST("hold notes: what is merged keeps where it was acquired, and what is split off, too") {
  World world;
  auto& holds = world.holds;
  const auto all = holds.Add(&world.one, 3, "three", 1);
  const auto other = holds.Add(&world.one, 2, "two", 2);
  holds.Merge(all, other);
  // It is no hold's name any more, whatever is done with it.
  holds.Drop(other);
  holds.Merge(all, other);
  holds.Merge(all, all);
  CHECK(world.Of(world.one) == "two: 2, three: 3");
  const auto four = holds.Split(all, 4);
  CHECK(world.Of(world.one) == "three: 2, two: 2, three: 1");
  const auto one = holds.Split(four, 1);
  holds.Drop(four);
  CHECK(world.Of(world.one) == "three: 1, three: 1");
  holds.Drop(all);
  holds.Drop(one);
  CHECK(holds.size() == 0 && holds.sites() == 0);
}

TEST("hold notes: of a hold that is noted in part, the rest is split off first") {
  World world;
  const auto some = world.holds.Add(&world.one, 2, "noted", 1);
  const auto part = world.holds.Split(some, 5);
  CHECK(world.Of(world.one) == "noted: 1, noted: 1");
  CHECK_EQ(world.holds.Split(some, 1), 0);
  CHECK_EQ(world.holds.Split(part, 0), 0);
  CHECK_EQ(world.holds.Split(part, -1), 0);
}

TEST("hold notes: of two attachments they do not mix") {
  World world;
  const auto a = world.holds.Add(&world.one, 1, "a", 1);
  const auto b = world.holds.Add(&world.two, 1, "b", 1);
  world.holds.Merge(a, b);
  world.holds.DropAllOf(&world.one);
  world.holds.Drop(a);
  CHECK(world.Of(world.two) == "b: 1");
  world.holds.Drop(b);
  CHECK_EQ(world.holds.size(), 0);
}

TEST("hold notes: there is a most of them, and of a stack's length, in whole characters") {
  World world;
  std::vector<HoldNotes::Id> ids;
  for (uint32_t i = 0; i < HoldNotes::kMost; i++) ids.push_back(world.holds.Add(&world.one, 2, std::to_string(i), i));
  CHECK_EQ(world.holds.Add(&world.one, 1, "one too many", 1), 0);
  CHECK_EQ(world.holds.Split(ids[0], 1), 0);
  CHECK(world.holds.size() == HoldNotes::kMost && world.holds.sites() == HoldNotes::kMost);
  for (const auto id : ids) world.holds.Drop(id);
  CHECK(world.holds.size() == 0 && world.holds.sites() == 0);

  std::string text(HoldNotes::kLongest - 1, 'x');
  world.holds.Add(&world.one, 1, text + "\xC3\xA9 and more", 1);
  CHECK(world.Of(world.one) == text + ": 1");
  world.holds.Clear();
}

TEST("hold notes: grouped by their stacks, those that last longest first") {
  World world;
  world.holds.Add(&world.one, 1, "often", 5);
  world.holds.Add(&world.one, 2, "once", 3);
  world.holds.Add(&world.one, 3, "often", 7);
  std::vector<HoldNotes::Noted> noted;
  world.holds.CopyTo(world.one, 100, &noted);
  const auto groups = HoldNotes::Grouped(noted);
  CHECK(World::Text(groups) == "once: 2, often: 4 in 2");
  CHECK_EQ(groups[1].since, 5);
  CHECK(HoldNotes::Grouped({}).empty());
}

}  // namespace unit_hold_notes
