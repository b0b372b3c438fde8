#include "core/parking_lot.h"

#include "lib/parties.h"

namespace unit_parking_lot {

using test::RealSync;
using Lot = efd::ParkingLot<RealSync>;
using Waiter = efd::Waiter<RealSync>;

struct alignas(64) Cell {
  int32_t words[16] = {};
};

// As many cells as share no bucket only by luck: some must.
struct Many {
  static constexpr int kCells = 3000;
  Lot lot;
  Cell cells[kCells];
};

TEST("parking lot: a queue exists while somebody waits") {
  static Lot lot;
  static Cell cell;
  Waiter a, b;
  a.cell = b.cell = cell.words;
  Lot::Bucket bucket(&lot, cell.words);
  CHECK(bucket.Find(cell.words) == nullptr);
  bucket.Append(&a);
  bucket.Append(&b);
  auto* queue = bucket.Find(cell.words);
  CHECK(queue != nullptr && queue == a.queue && queue == b.queue);
  CHECK_EQ(queue->length, 2);
  CHECK(queue->front() == &a);
  Lot::Bucket::Remove(&a);
  bucket.DropIfEmpty(queue);
  CHECK(bucket.Find(cell.words) == queue);
  CHECK(a.queue == nullptr);
  Lot::Bucket::Remove(&b);
  bucket.DropIfEmpty(queue);
  CHECK(bucket.Find(cell.words) == nullptr);
}

TEST("parking lot: queues that share a bucket are kept apart") {
  static auto* many = new Many;
  static Waiter waiters[Many::kCells];
  for (int i = 0; i < Many::kCells; i++) {
    waiters[i].cell = many->cells[i].words;
    Lot::Bucket(&many->lot, waiters[i].cell).Append(&waiters[i]);
  }
  for (int i = 0; i < Many::kCells; i++) {
    auto* queue = Lot::Bucket(&many->lot, waiters[i].cell).Find(waiters[i].cell);
    CHECK(queue != nullptr && queue->front() == &waiters[i]);
    CHECK_EQ(queue->length, 1);
  }
  // Out of order, so that queues leave from the front, the middle and the end of a bucket's chain.
  for (int step : {2, 1, 0}) {
    for (int i = step; i < Many::kCells; i += 3) {
      Lot::Bucket bucket(&many->lot, waiters[i].cell);
      auto* queue = waiters[i].queue;
      Lot::Bucket::Remove(&waiters[i]);
      bucket.DropIfEmpty(queue);
      CHECK(bucket.Find(waiters[i].cell) == nullptr);
    }
  }
}

TEST("parking lot: neighbouring cells spread over the buckets") {
  static auto* many = new Many;
  static Waiter waiters[1024];
  for (int i = 0; i < 1024; i++) {
    waiters[i].cell = many->cells[i].words;
    Lot::Bucket(&many->lot, waiters[i].cell).Append(&waiters[i]);
  }
  // Chance alone would put 5 or 6 of them into one.
  CHECK(many->lot.Measure().longest <= 4);
}

struct Crowd {
  static constexpr int kCells = 160'000;
  Lot lot;
  Cell cells[kCells];
  Waiter waiters[kCells];
};

TEST("parking lot: a queue is found as fast among 160,000 as among 1,000") {
  static auto* crowd = new Crowd;
  int longest = 0;
  for (int i = 0; i < Crowd::kCells; i++) {
    crowd->waiters[i].cell = crowd->cells[i].words;
    crowd->lot.MakeRoom();
    Lot::Bucket(&crowd->lot, crowd->waiters[i].cell).Append(&crowd->waiters[i]);
    if (i == 1000) longest = crowd->lot.Measure().longest;
  }
  CHECK(crowd->lot.Measure().longest <= longest + 2);
  // All of them are gone again, but for some that are kept.
  for (Waiter& waiter : crowd->waiters) {
    Lot::Bucket bucket(&crowd->lot, waiter.cell);
    auto* queue = bucket.Find(waiter.cell);
    CHECK(queue != nullptr && queue->front() == &waiter);
    Lot::Bucket::Remove(&waiter);
    bucket.DropIfEmpty(queue);
  }
  CHECK(crowd->lot.Measure().queues <= 1024);
  CHECK_EQ(crowd->lot.Measure().longest, 0);
}

}  // namespace unit_parking_lot
