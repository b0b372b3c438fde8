#pragma once

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "loop/waker_polled.h"

namespace efd {

// A pipe to itself, where there is no eventfd (macOS). It costs two descriptors; all else is the same.
class PipeWaker final : public PolledWaker {
 public:
  const char* name() const override { return "pipe"; }

  // A pipe that is full is readable, and that is all that is wanted.
  void Signal() override {
    const char one = 1;
    while (::write(ends_[1], &one, sizeof one) < 0 && errno == EINTR) {
    }
  }

  // A thread is signalled once until it has read. What others wrote into it may leave some, which is heard again.
  void Drain() override {
    char bytes[64];
    while (::read(ends_[0], bytes, sizeof bytes) < 0 && errno == EINTR) {
    }
  }

 private:
  int OpenDescriptor() override {
    if (ends_[0] >= 0) return 0;
    if (::pipe(ends_) != 0) return errno;
    for (const int end : ends_) {
      ::fcntl(end, F_SETFD, FD_CLOEXEC);
      ::fcntl(end, F_SETFL, O_NONBLOCK);
    }
    return 0;
  }
  void CloseDescriptor() override {
    for (int& end : ends_) {
      if (end >= 0) ::close(end);
      end = -1;
    }
  }
  int descriptor() const override { return ends_[0]; }

  int ends_[2] = {-1, -1};
};

}  // namespace efd
