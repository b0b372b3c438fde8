#include "core/fastpath.h"

#include "lib/parties.h"

namespace unit_fastpath {

using namespace efd;
using S = RealSync;

struct Cell {
  explicit Cell(int32_t state) { words[kState] = state; }
  int32_t words[kCellBytes / 4] = {};
  int32_t slot = 0;
};

TEST("fast path: takes what is there, and notes it") {
  Cell cell(AsState(3));
  CHECK_EQ(TryTake<S>(cell.words, &cell.slot, 2), kTaken);
  CHECK_EQ(FreePermits(cell.words[kState]), 1);
  CHECK_EQ(cell.slot, 2);
}

TEST("fast path: too few change nothing") {
  Cell cell(AsState(1));
  CHECK_EQ(TryTake<S>(cell.words, &cell.slot, 2), kNotNow);
  CHECK_EQ(cell.words[kState], AsState(1));
  CHECK_EQ(cell.slot, 0);
}

TEST("fast path: takes a free permit although others wait") {
  Cell cell(AsState(1) | kHasWaiters);
  CHECK_EQ(TryTake<S>(cell.words, &cell.slot, 1), kTaken);
  CHECK_EQ(cell.words[kState], kHasWaiters);
}

TEST("fast path: takes nothing when the queue goes first, or the cell is closed") {
  Cell first(AsState(5) | kHasWaiters | kQueueFirst);
  CHECK_EQ(TryTake<S>(first.words, &first.slot, 1), kNotNow);
  Cell closed(AsState(5) | kQueueFirst);
  closed.words[kFlags] = kClosed;
  CHECK_EQ(TryTake<S>(closed.words, &closed.slot, 1), kIsClosed);
  CHECK_EQ(FreePermits(closed.words[kState]), 5);
}

TEST("fast path: a debt is no permit") {
  Cell cell(AsState(-2));
  CHECK_EQ(TryTake<S>(cell.words, &cell.slot, 1), kNotNow);
  CHECK_EQ(FreePermits(cell.words[kState]), -2);
}

TEST("fast path: 0 permits pass an open gate and take nothing") {
  Cell open(AsState(1)), shut(0);
  CHECK_EQ(TryTake<S>(open.words, nullptr, 0), kTaken);
  CHECK_EQ(open.words[kState], AsState(1));
  CHECK_EQ(TryTake<S>(shut.words, nullptr, 0), kNotNow);
}

TEST("fast path: who has no slot acquires nothing") {
  Cell cell(AsState(1));
  CHECK_EQ(TryAcquire<S>(cell.words, nullptr, 1), kNoSlot);
  CHECK_EQ(cell.words[kState], AsState(1));
}

TEST("fast path: release says whether somebody waits") {
  Cell cell(0);
  cell.slot = 2;
  CHECK_EQ(Release<S>(cell.words, &cell.slot, 1), kReleased);
  cell.words[kState] |= kHasWaiters;
  CHECK_EQ(Release<S>(cell.words, &cell.slot, 1), kServeWaiters);
  CHECK_EQ(FreePermits(cell.words[kState]), 2);
  CHECK_EQ(cell.slot, 0);
}

TEST("fast path: what is not held cannot be released, nor a negative number") {
  Cell cell(AsState(1));
  cell.slot = 1;
  CHECK_EQ(Release<S>(cell.words, &cell.slot, 2), kNotHeld);
  CHECK_EQ(Release<S>(cell.words, &cell.slot, -1), kNotHeld);
  CHECK_EQ(cell.words[kState], AsState(1));
  CHECK_EQ(cell.slot, 1);
}

TEST("fast path: every count fits the state word") {
  CHECK_EQ(FreePermits(AsState(kMaxPermits)), kMaxPermits);
  CHECK_EQ(FreePermits(AsState(-kMaxPermits)), -kMaxPermits);
  CHECK_EQ(FreePermits(AsState(kMaxPermits) | kHasWaiters | kQueueFirst), kMaxPermits);
}

}  // namespace unit_fastpath
