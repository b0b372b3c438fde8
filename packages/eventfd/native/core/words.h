#pragma once

#include <cstdint>

namespace efd {

// A cell: 16 words, one cache line, in an arena that every thread maps at the same address.
//
//   word         written by
//   kState       fast path and slow path; see the table
//   kFlags       slow path, under the bucket lock
//   kTotal       slow path, under the bucket lock: permits there are, free or held; the parties of a barrier
//   kWaiting     slow path, under the bucket lock: waiters in the queue
//   kMax         at allocation: what kTotal (or, where nobody keeps book, the free permits) may reach
//   kKind        at allocation
//   kGeneration  at allocation; a handle names the generation it was made for
//   kLife        slow path, under the bucket lock: how often a barrier was made whole
//   kAging       at allocation: after how many milliseconds a waiter counts one level higher; negative: never
//   kTat         of a rate, two words: fast path and slow path; see rate.h
//   kEach, kInterval  of a rate, two words each: at allocation
//   kMaxWaiting  at allocation: how many may stand in the queue; negative: as many as come
//
// The state word, for a cell with p free permits (p is negative after a shrink that took permits still held):
//
//   p << 2 | 0   nobody waits; acquire is a compare-exchange, release is an add
//   p << 2 | 1   somebody waits: release must go on to serve the queue. Acquire may still take a free permit: the head
//                of the queue was woken for it, but sleeps, and a running thread is faster
//   p << 2 | 3   the head of the queue is owed the next permits, since it was overtaken for long enough, wants
//                several, or the cell is fair: acquire must queue
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
  kLife = 7,
  kMaxWaiting = 8,
  kAging = 9,
  kTat = 10,
  kEach = 12,
  kInterval = 14,
};

constexpr int kCellBytes = 64;

// Of those that wait the higher go first. In milliseconds, after how long one counts a level higher, if its maker says
// nothing.
constexpr int kMostPriority = 7;
constexpr int32_t kDefaultAging = 1000;

// Arithmetic on words from shared memory. Somebody may have scribbled over them: they wrap, as WebAssembly's do, where
// int's overflow would be undefined.
constexpr int32_t WrappingAdd(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
}
constexpr int32_t WrappingSub(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) - static_cast<uint32_t>(b));
}

constexpr int32_t kHasWaiters = 1;
constexpr int32_t kQueueFirst = 2;
constexpr int kPermitShift = 2;
constexpr int32_t kMaxPermits = (1 << 29) - 1;

constexpr int32_t FreePermits(int32_t state) {
  return state >> kPermitShift;
}
// Unsigned underneath, so that it wraps, too.
constexpr int32_t AsState(int32_t permits) {
  return static_cast<int32_t>(static_cast<uint32_t>(permits) << kPermitShift);
}

enum Flag : int32_t {
  kClosed = 1,      // fastpath.wat knows this one
  kFair = 2,        // strict first come, first served
  kAbandoned = 4,   // fastpath.wat, too: a thread died that held it alone, and nobody has been told yet
  kBroken = 8,      // a barrier that lost a party
  kAutoReset = 16,  // an event that lets one waiter through
  kMaxGiven = 32,   // a semaphore whose maker gave its maximum; for JavaScript: it waits for more than there are
};

// How each kind of object uses its cell. Kinds after kRwLock have no ledger: nobody owns what they count.
//
//   kind        free permits in the state word      a waiter wants
//   kSemaphore  what is free                        n
//   kMutex      1, or 0 while locked                1
//   kRwLock     kMaxPermits less one a reader, or 0 1 to read, kMaxPermits to write
//   kCondition  0                                   0, and is notified
//   kSignal     posts not taken yet                 1
//   kEvent      1 while set                         0 (manual reset), 1 (auto reset)
//   kLatch      1 - count: opens at 1               0
//   kBarrier    0                                   0, and is released with the last to arrive
//   kRateLimit  0: what there is rate.h says        n
enum Kind : int32_t {
  kNoKind = 0,
  kSemaphore = 1,
  kMutex = 2,
  kRwLock = 3,
  kCondition = 4,
  kSignal = 5,
  kEvent = 6,
  kLatch = 7,
  kBarrier = 8,
  kRateLimit = 9,
};

}  // namespace efd
