#include <string>
#include <vector>

#include "core/lock_table.h"
#include "lib/parties.h"

namespace unit_locks {

using efd::LockMode;
using efd::LockState;
using efd::LockUrgency;
using efd::RealSync;
using test::CountingWaker;
using test::TheRoom;
using Table = efd::LockTable<RealSync>;
using Request = efd::LockRequest<RealSync>;

constexpr auto kExclusive = LockMode::kExclusive;
constexpr auto kShared = LockMode::kShared;

struct Thread {
  explicit Thread(Table* table, int id = 0) : table(table), participant(&TheRoom(), &waker, table) {
    participant.thread()->id = id;
  }
  ~Thread() {
    if (!dead) Die();
  }
  void Die() {
    participant.Die();
    waker.retired = dead = true;
  }

  Request* Ask(std::u16string_view name, LockMode mode = kExclusive, LockUrgency urgency = LockUrgency::kWaits,
               uint32_t copy = 0) {
    return table->Make(participant.lock_client(), name, mode, urgency, copy);
  }

  struct News {
    Request* request;
    bool granted;
    bool stolen;
  };
  std::vector<News> Hear(uint32_t copy = 0, uint32_t most = 100) {
    std::vector<News> news;
    waker.signals = 0;
    participant.thread()->Heard();
    participant.thread()->TakeNews();
    table->TakeNews(participant.lock_client(), copy, most, [&](Request* request, bool granted, bool stolen) {
      news.push_back({request, granted, stolen});
    });
    return news;
  }
  // Whether it hears, this once, that one lock is granted.
  bool HearsOf(const Request* request) {
    const auto news = Hear();
    return news.size() == 1 && news[0].request == request && news[0].granted && !news[0].stolen;
  }

  Table* const table;
  CountingWaker waker;
  efd::Participant<RealSync> participant;
  bool dead = false;
};

TEST("web locks: exclusive ones go one after the other, in the order of their requests, and each is signalled once") {
  Table table;
  Thread a(&table), b(&table), c(&table);
  Request* first = a.Ask(u"k");
  Request* second = b.Ask(u"k");
  Request* third = c.Ask(u"k");
  CHECK(first->at_once && !second->at_once && !third->at_once);
  CHECK(table.End(first) == LockState::kHeld);
  CHECK_EQ(b.waker.signals, 1);
  CHECK_EQ(c.waker.signals, 0);
  CHECK(b.HearsOf(second));
  CHECK(b.Hear().empty());
  CHECK(table.End(second) == LockState::kHeld);
  CHECK(c.HearsOf(third));
  CHECK(table.End(third) == LockState::kHeld);
  CHECK_EQ(table.size().names, 0);
}

TEST("web locks: shared ones are held together, and never overtake an exclusive request") {
  Table table;
  Thread a(&table), b(&table), c(&table);
  Request* reads = a.Ask(u"k", kShared);
  Request* reads_too = b.Ask(u"k", kShared);
  CHECK(reads->at_once && reads_too->at_once);
  Request* writes = c.Ask(u"k");
  Request* late = b.Ask(u"k", kShared);
  Request* later = a.Ask(u"k", kShared);
  CHECK(!writes->at_once && !late->at_once && !later->at_once);
  CHECK(a.Ask(u"k", kShared, LockUrgency::kIfAvailable) == nullptr);
  table.End(reads);
  CHECK_EQ(c.waker.signals, 0);
  table.End(reads_too);
  CHECK(c.HearsOf(writes));
  table.End(writes);
  CHECK(b.HearsOf(late));
  CHECK(a.HearsOf(later));
}

TEST("web locks: who gives up in front lets those behind pass") {
  Table table;
  Thread a(&table), b(&table), c(&table);
  Request* reads = a.Ask(u"k", kShared);
  Request* writes = b.Ask(u"k");
  Request* late = c.Ask(u"k", kShared);
  CHECK(table.End(writes) == LockState::kPending);
  CHECK(c.HearsOf(late));
  table.End(reads);
  table.End(late);
  CHECK_EQ(table.size().names, 0);
}

TEST("web locks: what was granted before a timeout counts, and is heard with it") {
  Table table;
  Thread a(&table), b(&table);
  Request* held = a.Ask(u"k");
  CHECK(table.EndIfPending(b.Ask(u"k")) == LockState::kPending);
  Request* waits = b.Ask(u"k");
  table.End(held);
  CHECK(table.EndIfPending(waits) == LockState::kHeld);
  CHECK(b.Hear().empty());
  CHECK(table.End(waits) == LockState::kHeld);
}

TEST("web locks: a thief has the lock at once, those who wait go on, and a late release changes nothing") {
  Table table;
  Thread a(&table), b(&table), c(&table);
  Request* held = a.Ask(u"k");
  Request* waits = b.Ask(u"k");
  Request* steals = c.Ask(u"k", kExclusive, LockUrgency::kSteals);
  CHECK(steals->at_once);
  CHECK_EQ(a.waker.signals, 1);
  const auto news = a.Hear();
  CHECK(news.size() == 1 && news[0].request == held && !news[0].granted && news[0].stolen);
  CHECK(table.End(held) == LockState::kStolen);
  CHECK_EQ(b.waker.signals, 0);
  Request* last = a.Ask(u"k", kExclusive, LockUrgency::kSteals);
  CHECK(last->at_once);
  CHECK(table.End(steals) == LockState::kStolen);
  CHECK(table.Query().held.size() == 1 && table.Query().pending.size() == 1);
  table.End(last);
  CHECK(b.HearsOf(waits));
}

TEST("web locks: granted and stolen before the thread looks is told as both; all shared holders lose it") {
  Table table;
  Thread a(&table), b(&table), c(&table);
  Request* held = a.Ask(u"k");
  Request* reads = b.Ask(u"k", kShared);
  Request* reads_too = b.Ask(u"k", kShared);
  table.End(held);
  c.Ask(u"k", kExclusive, LockUrgency::kSteals);
  const auto news = b.Hear();
  CHECK_EQ(news.size(), 2);
  for (const auto& each : news) CHECK(each.granted && each.stolen);
  CHECK(table.End(reads) == LockState::kStolen);
  CHECK(table.End(reads_too) == LockState::kStolen);
}

TEST("web locks: a death gives back what is held, also what it has not heard of, and drops what waits") {
  Table table;
  Thread a(&table), b(&table), c(&table), d(&table);
  a.Ask(u"k");
  a.Ask(u"l");
  Request* granted_to_dying = b.Ask(u"k");
  b.Ask(u"l");
  Request* waits = c.Ask(u"k");
  Request* waits_too = d.Ask(u"l", kShared);
  a.Die();
  CHECK_EQ(b.waker.signals, 1);
  CHECK(granted_to_dying->state == LockState::kHeld);
  b.Die();
  CHECK(c.HearsOf(waits));
  CHECK(d.HearsOf(waits_too));
  CHECK(table.Query().pending.empty());
  c.Die();
  d.Die();
  CHECK_EQ(table.size().names, 0);
}

TEST("web locks: a query sees all threads, held in the order of grants, pending in that of requests") {
  Table table;
  Thread a(&table, 7), b(&table, 8);
  a.Ask(u"x", kShared);
  b.Ask(u"y");
  a.Ask(u"y", kShared);
  b.Ask(u"x");
  a.Ask(u"y");
  const auto snapshot = table.Query();
  std::u16string held, pending;
  for (const auto& each : snapshot.held) held += each.name + (each.thread == 7 ? u"a" : u"b");
  for (const auto& each : snapshot.pending) pending += each.name + (each.mode == kShared ? u"s" : u"e");
  CHECK(held == u"xayb");
  CHECK(pending == u"ysxeye");
}

TEST("web locks: names are compared by their code units") {
  Table table;
  Thread a(&table);
  const std::u16string_view all[] = {
      u"", std::u16string_view(u"\0", 1), std::u16string_view(u"a\0b", 3), u"a", u"\xD800", u"\xDC00", u"\xFFFD"};
  for (const auto name : all) CHECK(a.Ask(name)->at_once);
  CHECK_EQ(table.size().names, 7);
}

TEST("web locks: each copy takes its own news, some at a time") {
  Table table;
  Thread a(&table), b(&table);
  Request* held = a.Ask(u"k");
  b.Ask(u"k", kShared, LockUrgency::kWaits, 1);
  for (int i = 0; i < 3; i++) b.Ask(u"k", kShared, LockUrgency::kWaits, 2);
  table.End(held);
  uint32_t copy = 0;
  CHECK(table.HasNews(b.participant.lock_client(), &copy));
  CHECK_EQ(copy, 1);
  CHECK_EQ(b.Hear(2, 2).size(), 2);
  CHECK_EQ(b.Hear(1, 2).size(), 1);
  CHECK(table.HasNews(b.participant.lock_client(), &copy));
  CHECK_EQ(copy, 2);
  CHECK_EQ(b.Hear(2, 2).size(), 1);
  CHECK(!table.HasNews(b.participant.lock_client(), &copy));
}

TEST("web locks: a thread that blocks is signalled once it runs again") {
  Table table;
  Thread a(&table), b(&table);
  Request* held = a.Ask(u"k");
  Request* waits = b.Ask(u"k");
  b.participant.thread()->BeginSyncWait();
  table.End(held);
  CHECK_EQ(b.waker.signals, 0);
  b.participant.thread()->EndSyncWait();
  CHECK_EQ(b.waker.signals, 1);
  CHECK(b.HearsOf(waits));
}

TEST("web locks: who looks for its turn has it without a signal, and is signalled for what came beside it") {
  Table table;
  Thread a(&table), b(&table);
  Request* held = a.Ask(u"k");
  Request* lost = b.Ask(u"l");
  Request* waits = b.Ask(u"k");
  CHECK(waits->comes_next);
  const auto once = [](auto look) { return look(); };
  table.Look(waits, once);
  CHECK(!waits->at_once);
  table.Look(waits, [&](auto look) {
    table.End(held);
    return look();
  });
  CHECK(waits->at_once && waits->state == LockState::kHeld);
  CHECK_EQ(b.waker.signals, 0);
  CHECK(b.Hear().empty());

  Request* again = a.Ask(u"k");
  table.Look(again, [&](auto look) {
    b.Ask(u"k", kExclusive, LockUrgency::kSteals);
    a.Ask(u"l", kExclusive, LockUrgency::kSteals);
    return look();
  });
  CHECK(!again->at_once);
  CHECK_EQ(b.waker.signals, 1);
  const auto news = b.Hear();
  CHECK(news.size() == 2 && news[0].request == waits && news[1].request == lost);
}

TEST("web locks: who looks and is stolen from before it has seen its turn hears of both") {
  Table table;
  Thread a(&table), b(&table), c(&table);
  Request* held = a.Ask(u"k");
  Request* waits = b.Ask(u"k");
  table.Look(waits, [&](auto look) {
    table.End(held);
    const bool seen = look();
    c.Ask(u"k", kExclusive, LockUrgency::kSteals);
    return seen;
  });
  CHECK(!waits->at_once);
  CHECK_EQ(b.waker.signals, 1);
  const auto news = b.Hear();
  CHECK(news.size() == 1 && news[0].request == waits && news[0].granted && news[0].stolen);
}

TEST("web locks: nobody comes next behind itself, behind several, or behind who waits") {
  Table table;
  Thread a(&table), b(&table), c(&table);
  a.Ask(u"k");
  CHECK(!a.Ask(u"k")->comes_next);
  CHECK(!b.Ask(u"k")->comes_next);
  a.Ask(u"s", kShared);
  b.Ask(u"s", kShared);
  CHECK(!c.Ask(u"s")->comes_next);
  a.Ask(u"n");
  CHECK(b.Ask(u"n")->comes_next);
  CHECK(!c.Ask(u"n")->comes_next);
}

TEST("web locks: the table becomes small again") {
  Table table;
  Thread a(&table);
  std::vector<Request*> all;
  for (int i = 0; i < 20'000; i++) {
    const std::string name = std::to_string(i);
    all.push_back(a.Ask(std::u16string(name.begin(), name.end())));
  }
  CHECK(table.size().buckets >= 20'000);
  for (Request* each : all) table.End(each);
  CHECK_EQ(table.size().names, 0);
  CHECK(table.size().buckets <= 1024);
}

}  // namespace unit_locks
