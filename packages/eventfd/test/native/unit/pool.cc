#include "core/pool.h"

#include <map>
#include <random>

#include "lib/check.h"

namespace unit_pool {

// Counts how many of it there are.
struct Thing {
  explicit Thing(int value) : value(value) { alive++; }
  Thing(const Thing&) = delete;
  ~Thing() { alive--; }
  const int value;
  static inline int alive = 0;
};
using Pool = efd::Pool<Thing>;

TEST("pool: the lowest number that is free, and nothing at the others") {
  Pool pool;
  CHECK_EQ(pool.Add(10), 0);
  CHECK_EQ(pool.Add(11), 1);
  CHECK_EQ(pool.Add(12), 2);
  pool.Remove(1);
  CHECK(pool.At(1) == nullptr && pool.At(3) == nullptr && pool.At(1000) == nullptr && pool.At(UINT32_MAX) == nullptr);
  CHECK_EQ(pool.At(2)->value, 12);
  CHECK_EQ(pool.Add(13), 1);
  CHECK_EQ(Thing::alive, 3);
}

TEST("pool: it ends what is left in it") {
  {
    Pool pool;
    for (int i = 0; i < 100; i++) pool.Add(i);
    CHECK_EQ(Thing::alive, 100);
    pool.Clear();
    CHECK_EQ(Thing::alive, 0);
    CHECK_EQ(pool.Add(1), 0);
  }
  CHECK_EQ(Thing::alive, 0);
}

TEST("pool: what a burst took is given back, whoever leaves last") {
  constexpr uint32_t kMany = 100'000;
  for (const uint32_t stays : {0u, kMany / 2, kMany - 1}) {
    Pool pool;
    for (uint32_t i = 0; i < kMany; i++) pool.Add(0);
    CHECK(pool.chunks() >= kMany / Pool::kChunk);
    for (uint32_t i = 0; i < kMany; i++) {
      if (i != stays) pool.Remove(i);
    }
    CHECK(pool.chunks() <= 3);
    CHECK(pool.At(stays) != nullptr);
    pool.Remove(stays);
    pool.Add(0);
    CHECK(pool.chunks() == 1 && pool.places() <= 64);
  }
}

TEST("pool: at random, it is what a map would be") {
  std::minstd_rand random(1);
  Pool pool;
  std::map<uint32_t, const Thing*> map;
  for (int i = 0; i < 30'000; i++) {
    // More come for a while, and then more go.
    if (random() % 8 < (i / 3000 % 2 == 0 ? 5 : 3)) {
      const uint32_t number = pool.Add(i);
      CHECK(map.emplace(number, pool.At(number)).second);
    } else if (!map.empty()) {
      auto it = map.lower_bound(static_cast<uint32_t>(random()) % (map.rbegin()->first + 1));
      pool.Remove(it->first);
      map.erase(it);
    }
    if (i % 100 != 0) continue;
    auto it = map.begin();
    uint32_t from = 0;
    do {
      from = pool.ForSome(from, 7, [&](uint32_t number, Thing& thing) {
        CHECK(it != map.end() && it->first == number && it->second == &thing);
        ++it;
      });
    } while (from != 0);
    CHECK(it == map.end());
  }
}

}  // namespace unit_pool
