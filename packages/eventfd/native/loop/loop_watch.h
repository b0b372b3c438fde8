#pragma once

#include <uv.h>

#include "os/os.h"

// Tells a thread that is blocked when its loop gets something to do: with that, a termination announces itself. Belongs
// to the thread, and must be closed before its loop is.
//
// The loop's own descriptor is readable as long as there is anything to do, a message for instance, and that cannot be
// done while the thread is blocked. So it tells of the first thing only. From then on an edge-triggered descriptor is
// looked at, an epoll on it or a kqueue, which tells of each further one. That costs a descriptor, which most threads
// never need; one that cannot have it (EMFILE) does not look until it can.
//
// An edge can be missed: libuv writes nothing for an async handle that is pending already. So whoever is blocked comes
// back now and then all the same.
class LoopWatch {
 public:
  explicit LoopWatch(uv_loop_t* loop) : loop_(loop) {}
  LoopWatch(const LoopWatch&) = delete;
  LoopWatch& operator=(const LoopWatch&) = delete;
  ~LoopWatch() { Close(); }

  // To be polled for POLLIN; -1 not to look.
  int fd() {
    if (!is_polled_) return -1;
    if (deaf_) Open();
    return deaf_ ? -1 : edge_ != -1 ? edge_ : uv_backend_fd(loop_);
  }

  // It was readable.
  void Heard() {
    if (edge_ == -1) {
      Open();
    } else {
      efd::Os::TakeEdge(edge_);
    }
  }

  // It is not what poll(2) takes, and would end every sleep at once. So it is not looked at any more.
  void CannotBePolled() { is_polled_ = false; }

  void Close() {
    if (edge_ != -1) efd::Os::CloseEdge(edge_);
    edge_ = -1;
  }

 private:
  void Open() {
    edge_ = efd::Os::OpenEdge(uv_backend_fd(loop_));
    deaf_ = edge_ == -1;
    if (!deaf_) efd::Os::TakeEdge(edge_);  // of what there was
  }

  uv_loop_t* const loop_;
  bool is_polled_ = true;
  int edge_ = -1;
  bool deaf_ = false;  // the loop has had something to do, and there was no such descriptor to be had
};
