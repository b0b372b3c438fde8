#pragma once

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>
#include <uv.h>

// Tells a thread that is blocked when its loop gets something to do: with that, a termination announces itself. Belongs
// to the thread, and must be closed before its loop is.
//
// The loop's own descriptor is readable as long as there is anything to do, a message for instance, and that cannot be
// done while the thread is blocked. So it tells of the first thing only. From then on an edge-triggered epoll on it is
// looked at, which tells of each further one. That costs a descriptor, which most threads never need; one that cannot
// have it (EMFILE) does not look until it can.
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
    if (deaf_) Open();
    return deaf_ ? -1 : epoll_ != -1 ? epoll_ : uv_backend_fd(loop_);
  }

  // It was readable.
  void Heard() {
    if (epoll_ == -1) {
      Open();
    } else {
      TakeEdge();
    }
  }

  void Close() {
    if (epoll_ != -1) close(epoll_);
    epoll_ = -1;
  }

 private:
  void Open() {
    deaf_ = true;
    const int epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0) return;
    epoll_event event = {};
    event.events = EPOLLIN | EPOLLET;
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, uv_backend_fd(loop_), &event) != 0) {
      close(epoll);
      return;
    }
    epoll_ = epoll;
    deaf_ = false;
    TakeEdge();  // of what there was
  }

  void TakeEdge() {
    epoll_event event;
    while (epoll_wait(epoll_, &event, 1, 0) < 0 && errno == EINTR) {
    }
  }

  uv_loop_t* const loop_;
  int epoll_ = -1;
  bool deaf_ = false;  // the loop has had something to do, and there was no epoll to be had
};
