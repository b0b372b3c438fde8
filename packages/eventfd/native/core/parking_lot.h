#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "waiter.h"

namespace efd {

// The waiters of one cell, oldest first. It exists while there are any.
template <class S>
struct Queue {
  const int32_t* cell = nullptr;
  Queue* next_in_bucket = nullptr;
  List<Waiter<S>, InQueue> waiters;
  int32_t length = 0;
};

// The process's queues, found by the address of the cell. A bucket's lock guards its queues, the waiters in them, and
// bits 0 and 1 of the state words of their cells.
template <class S>
class ParkingLot {
  struct Shelf;

 public:
  // The bucket of a cell, locked for as long as this lives.
  class Bucket {
   public:
    Bucket(ParkingLot* lot, const int32_t* cell) : shelf_(&lot->ShelfOf(cell)) { shelf_->mutex.lock(); }
    ~Bucket() { shelf_->mutex.unlock(); }
    Bucket(const Bucket&) = delete;
    Bucket& operator=(const Bucket&) = delete;

    Queue<S>* Find(const int32_t* cell) const {
      Queue<S>* queue = shelf_->first;
      while (queue != nullptr && queue->cell != cell) queue = queue->next_in_bucket;
      return queue;
    }

    void Append(Waiter<S>* waiter) {
      Queue<S>* queue = Find(waiter->cell);
      if (queue == nullptr) {
        queue = shelf_->spare != nullptr ? shelf_->spare : new Queue<S>;
        shelf_->spare = nullptr;
        queue->cell = waiter->cell;
        queue->next_in_bucket = shelf_->first;
        shelf_->first = queue;
      }
      queue->waiters.PushBack(waiter);
      queue->length++;
      waiter->queue = queue;
    }

    // Takes the waiter out. The queue stays until DropIfEmpty().
    static void Remove(Waiter<S>* waiter) {
      static_cast<InQueue*>(waiter)->Unlink();
      waiter->queue->length--;
      waiter->queue = nullptr;
    }

    void DropIfEmpty(Queue<S>* queue) {
      if (queue->length > 0) return;
      Queue<S>** link = &shelf_->first;
      while (*link != queue) link = &(*link)->next_in_bucket;
      *link = queue->next_in_bucket;
      // One is kept: a contended mutex empties and fills its queue all the time.
      if (shelf_->spare == nullptr) {
        shelf_->spare = queue;
      } else {
        delete queue;
      }
    }

   private:
    Shelf* const shelf_;
  };

  // For tests: how many buckets there are, and how many queues the fullest has.
  struct Shape {
    std::size_t buckets;
    int longest;
  };
  Shape Measure() {
    Shape shape{std::size(shelves_), 0};
    for (Shelf& shelf : shelves_) {
      typename S::Lock lock(shelf.mutex);
      int queues = 0;
      for (const Queue<S>* queue = shelf.first; queue != nullptr; queue = queue->next_in_bucket) queues++;
      shape.longest = std::max(shape.longest, queues);
    }
    return shape;
  }

 private:
  static constexpr int kBucketBits = 10;

  struct alignas(64) Shelf {
    typename S::Mutex mutex;
    Queue<S>* first = nullptr;
    Queue<S>* spare = nullptr;
  };

  Shelf& ShelfOf(const int32_t* cell) {
    // Cells are 64 bytes apart; the multiplication (Knuth's) spreads what strides leave.
    const uint64_t line = reinterpret_cast<uintptr_t>(cell) / 64;
    return shelves_[(line * 0x9E3779B97F4A7C15ull) >> (64 - kBucketBits)];
  }

  Shelf shelves_[std::size_t{1} << kBucketBits];
};

}  // namespace efd
