#pragma once

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>

#include "core/waiter.h"

// A thread's waker: one eventfd, however many cells the thread waits on. Its own loop watches it (PollHandle), its sync
// waits poll it, and every other thread of the process writes to it.
class WakerEventfd final : public efd::Waker {
 public:
  // 0, or an errno.
  int Open() {
    if (fd_ >= 0) return 0;
    fd_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return fd_ >= 0 ? 0 : errno;
  }

  void Close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

  int fd() const { return fd_; }

  // The counter cannot overflow: a thread is signalled once until it has read.
  void Signal() override {
    const uint64_t one = 1;
    while (::write(fd_, &one, sizeof one) < 0 && errno == EINTR) {
    }
  }

  void Drain() {
    uint64_t count;
    while (::read(fd_, &count, sizeof count) < 0 && errno == EINTR) {
    }
  }

  struct Slept {
    bool signalled;
    bool loop_has_work;
  };

  // Sleeps until a signal, until the thread's loop has something to do (loop_fd, or -1 not to look), for at most so
  // long.
  Slept Sleep(int loop_fd, std::chrono::nanoseconds time) {
    pollfd fds[] = {{fd_, POLLIN, 0}, {loop_fd, POLLIN, 0}};
    const timespec most = {time.count() / 1'000'000'000, time.count() % 1'000'000'000};
    if (::ppoll(fds, 2, &most, nullptr) <= 0) return {false, false};
    if (fds[0].revents != 0) Drain();
    return {fds[0].revents != 0, fds[1].revents != 0};
  }

 private:
  int fd_ = -1;
};
