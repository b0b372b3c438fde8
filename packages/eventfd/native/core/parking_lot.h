#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

#include "queue.h"

namespace efd {

// How many buckets there are, as powers of two, and how many of them are moved at a time. Tests choose their own.
struct LotSize {
  int first_bits = 10;
  int most_bits = 18;
  std::size_t stretch = 16;
};

// The process's queues, found by the address of the cell. A bucket's lock guards its queues, the waiters in them, and
// bits 0 and 1 of the state words of their cells.
//
// The table grows fourfold when there are more queues than buckets, and nobody is stopped for it:
//
//   who is about to make a queue        who looks for a bucket
//   ----------------------------        ------------------------
//   hangs a larger table on this one    takes the bucket of the table it knows, and locks it
//   moves some buckets of it, each      finds it moved: the next table has the cell's queue, or a
//   under the lock of the old one       bucket for it. Else this is the cell's bucket, and stays so
//   publishes it when all have moved    while it is locked
//
// A cell's bucket is the first in the chain of tables that has not moved, so there is one at any time. Which buckets of
// the next table a bucket's queues go to depends on that bucket alone: they are nobody else's before it has moved, so
// no thread ever holds two locks. A table is kept when another took its place: somebody may be about to lock in it. All
// of the smaller ones together are a third of the last.
template <class S>
class ParkingLot {
  struct Shelf;

 public:
  explicit ParkingLot(LotSize size = {})
      : size_(size),
        first_(new Table(size.first_bits, std::make_unique<Shelf[]>(std::size_t{1} << size.first_bits))),
        table_(first_) {}
  ~ParkingLot() {
    for (Table* table = first_; table != nullptr;) delete std::exchange(table, table->next.load());
  }
  ParkingLot(const ParkingLot&) = delete;
  ParkingLot& operator=(const ParkingLot&) = delete;

  // The bucket of a cell, locked for as long as this lives.
  class Bucket {
   public:
    Bucket(ParkingLot* lot, const int32_t* cell) : lot_(lot), shelf_(lot->LockShelf(cell)) {}
    ~Bucket() { shelf_->mutex.unlock(); }
    Bucket(const Bucket&) = delete;
    Bucket& operator=(const Bucket&) = delete;

    Queue<S>* Find(const int32_t* cell) const {
      Queue<S>* queue = shelf_->first;
      while (queue != nullptr && queue->cell != cell) queue = queue->next_in_bucket;
      return queue;
    }

    void Append(Waiter<S>* waiter) { FindOrMake(waiter->cell)->PushBack(waiter); }

    // Puts one that cannot run back to the front.
    void PutBack(Waiter<S>* waiter) { FindOrMake(waiter->cell)->PushFront(waiter); }

    // Takes the waiter out. The queue stays until DropIfEmpty().
    static void Remove(Waiter<S>* waiter) { waiter->queue->Remove(waiter); }

    void DropIfEmpty(Queue<S>* queue) {
      if (queue->length > 0) return;
      Queue<S>** link = &shelf_->first;
      while (*link != queue) link = &(*link)->next_in_bucket;
      *link = queue->next_in_bucket;
      // Some are kept: a contended mutex empties and fills its queue all the time.
      if (shelf_->spare == nullptr && lot_->queues_.load(std::memory_order_relaxed) <= kSpares) {
        shelf_->spare = queue;
      } else {
        delete queue;
        lot_->queues_.fetch_sub(1, std::memory_order_relaxed);
      }
    }

   private:
    Queue<S>* FindOrMake(const int32_t* cell) {
      if (Queue<S>* queue = Find(cell)) return queue;
      Queue<S>* queue = std::exchange(shelf_->spare, nullptr);
      if (queue == nullptr) {
        queue = new Queue<S>;
        lot_->queues_.fetch_add(1, std::memory_order_relaxed);
      }
      queue->cell = cell;
      shelf_->Push(queue);
      return queue;
    }

    ParkingLot* const lot_;
    Shelf* const shelf_;
  };

  // For who is about to make a queue. When there are too many for the table, begins a larger one, or does its share of
  // the move. Without memory for a larger one the queues of a bucket become more.
  void MakeRoom() {
    // No more than a hint: the numbers may be old.
    if (queues_.load(std::memory_order_relaxed) <= enough_for_.load(std::memory_order_relaxed)) return;
    Table* table = table_.load();
    Table* next = table->next.load();
    if (next == nullptr) {
      if (table->bits >= size_.most_bits || table->makers.fetch_add(1) > 0) return;
      next = Table::Make(table->bits + 2);
      if (next == nullptr) return;
      table->next.store(next);
    }
    const std::size_t from = table->claimed.fetch_add(size_.stretch);
    if (from >= table->size()) return;
    const std::size_t count = std::min(size_.stretch, table->size() - from);
    for (std::size_t i = 0; i < count; i++) Move(&table->shelves[from + i], next);
    if (table->moved.fetch_add(count) + count == table->size()) {
      table_.store(next);
      enough_for_.store(next->size(), std::memory_order_relaxed);
    }
  }

  // For tests: how many buckets there are, and queues in all and in the fullest; spares count as queues. Nobody else is
  // there.
  struct Shape {
    std::size_t buckets;
    std::size_t queues;
    int longest;
  };
  Shape Measure() {
    Shape shape{table_.load()->size(), queues_, 0};
    for (Table* table = table_.load(); table != nullptr; table = table->next.load()) {
      for (std::size_t i = 0; i < table->size(); i++) {
        int length = 0;
        for (const Queue<S>* q = table->shelves[i].first; q != nullptr; q = q->next_in_bucket) length++;
        shape.longest = std::max(shape.longest, length);
      }
    }
    return shape;
  }

 private:
  static constexpr std::size_t kSpares = 1024;

  // Without a destructor, so that an array of them begins where its memory begins, and memcheck finds it.
  struct alignas(64) Shelf {
    void Push(Queue<S>* queue) {
      queue->next_in_bucket = first;
      first = queue;
    }

    typename S::Mutex mutex;
    Queue<S>* first = nullptr;
    Queue<S>* spare = nullptr;
    bool moved = false;
  };

  struct Table {
    // Null when no memory is left for it.
    static Table* Make(int bits) {
      std::unique_ptr<Shelf[]> shelves(new (std::nothrow) Shelf[std::size_t{1} << bits]);
      return shelves == nullptr ? nullptr : new (std::nothrow) Table(bits, std::move(shelves));
    }

    std::size_t size() const { return std::size_t{1} << bits; }

    Shelf& Of(const int32_t* cell) const {
      // Cells are 64 bytes apart; the multiplication (Knuth's) spreads what strides leave. The upper bits are taken, so
      // that neighbours in a larger table come from one bucket of a smaller one.
      const uint64_t hash = reinterpret_cast<uintptr_t>(cell) / 64 * 0x9E3779B97F4A7C15ull;
      return shelves[(hash >> 1) >> (63 - bits)];
    }

    Table(int bits, std::unique_ptr<Shelf[]> shelves) : bits(bits), shelves(std::move(shelves)) {}
    ~Table() {
      for (std::size_t i = 0; i < size(); i++) delete shelves[i].spare;
    }

    const int bits;
    const std::unique_ptr<Shelf[]> shelves;
    typename S::template Atomic<Table*> next{nullptr};  // once it is too small
    typename S::template Atomic<int> makers{0};         // who found that; the first makes `next`
    typename S::template Atomic<std::size_t> claimed{0};
    typename S::template Atomic<std::size_t> moved{0};
  };

  Shelf* LockShelf(const int32_t* cell) {
    for (Table* table = table_.load();; table = table->next.load()) {
      Shelf& shelf = table->Of(cell);
      shelf.mutex.lock();
      if (!shelf.moved) return &shelf;
      shelf.mutex.unlock();
    }
  }

  static void Move(Shelf* from, Table* next) {
    typename S::Lock lock(from->mutex);
    while (Queue<S>* queue = from->first) {
      from->first = queue->next_in_bucket;
      next->Of(queue->cell).Push(queue);
    }
    if (from->spare != nullptr) std::swap(from->spare, next->Of(from->spare->cell).spare);
    from->moved = true;
  }

  const LotSize size_;
  Table* const first_;
  typename S::template Atomic<Table*> table_;
  std::atomic<std::size_t> enough_for_{first_->size()};
  alignas(64) std::atomic<std::size_t> queues_{0};  // in a line of its own: each wait reads `table_`
};

}  // namespace efd
