#pragma once

#include <cstdint>

namespace efd {

// A cell: 16 words, one cache line, in an arena that every thread maps at the same address.
//
//   word         written by
//   kState       fast path and slow path; see the table
//   kFlags       slow path, under the bucket lock
//   kTotal       slow path, under the bucket lock: permits there are, free or held
//   kWaiting     slow path, under the bucket lock: waiters in the queue
//   kMax         at allocation
//   kKind        at allocation
//   kGeneration  at allocation; a handle names the generation it was made for
//
// The state word, for a cell with p free permits (p is negative after a shrink that took permits still held):
//
//   p << 2 | 0   nobody waits; acquire is a compare-exchange, release is an add
//   p << 2 | 1   somebody waits: release must go on to serve the queue. Acquire may still take a free permit: the head
//                of the queue was woken for it, but sleeps, and a running thread is faster
//   p << 2 | 3   the head of the queue is owed the next permits, since it was overtaken, wants several, or the cell is
//                fair: acquire must queue
//   p << 2 | 2   closed: acquire fails in the slow path, release adds as ever
//
// Bits 0 and 1 change only under the bucket lock.
enum Word : int {
  kState = 0,
  kFlags = 1,
  kTotal = 2,
  kWaiting = 3,
  kMax = 4,
  kKind = 5,
  kGeneration = 6,
};

constexpr int kCellBytes = 64;

constexpr int32_t kHasWaiters = 1;
constexpr int32_t kQueueFirst = 2;
constexpr int kPermitShift = 2;
constexpr int32_t kMaxPermits = (1 << 29) - 1;

constexpr int32_t FreePermits(int32_t state) {
  return state >> kPermitShift;
}
// Unsigned underneath: memory that somebody scribbled over may wrap, but must not be undefined behaviour.
constexpr int32_t AsState(int32_t permits) {
  return static_cast<int32_t>(static_cast<uint32_t>(permits) << kPermitShift);
}

enum Flag : int32_t {
  kClosed = 1,  // fastpath.wat knows this one
  kFair = 2,
};

}  // namespace efd
