#pragma once

#include <cstddef>
#include <cstdint>

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
 public:
  class Bucket {
   public:
    typename S::Mutex mutex;

    Queue<S>* Find(const int32_t* cell) const {
      Queue<S>* queue = first_;
      while (queue != nullptr && queue->cell != cell) queue = queue->next_in_bucket;
      return queue;
    }

    void Append(Waiter<S>* waiter) {
      Queue<S>* queue = Find(waiter->cell);
      if (queue == nullptr) {
        queue = spare_ != nullptr ? spare_ : new Queue<S>;
        spare_ = nullptr;
        queue->cell = waiter->cell;
        queue->next_in_bucket = first_;
        first_ = queue;
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
      Queue<S>** link = &first_;
      while (*link != queue) link = &(*link)->next_in_bucket;
      *link = queue->next_in_bucket;
      // One is kept: a contended mutex empties and fills its queue all the time.
      if (spare_ == nullptr) {
        spare_ = queue;
      } else {
        delete queue;
      }
    }

   private:
    Queue<S>* first_ = nullptr;
    Queue<S>* spare_ = nullptr;
  };

  Bucket& BucketOf(const int32_t* cell) {
    // Cells are 64 bytes apart; the multiplication (Knuth's) spreads what strides leave.
    const uint64_t line = reinterpret_cast<uintptr_t>(cell) / 64;
    return buckets_[(line * 0x9E3779B97F4A7C15ull) >> (64 - kBucketBits)].bucket;
  }

 private:
  static constexpr int kBucketBits = 10;
  struct alignas(64) Padded {
    Bucket bucket;
  };
  Padded buckets_[std::size_t{1} << kBucketBits];
};

}  // namespace efd
