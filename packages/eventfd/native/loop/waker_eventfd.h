#pragma once

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

#include "loop/waker_polled.h"

namespace efd {

// One eventfd.
class EventfdWaker final : public PolledWaker {
 public:
  const char* name() const override { return "eventfd"; }

  // The counter cannot overflow: a thread is signalled once until it has read.
  void Signal() override {
    const uint64_t one = 1;
    while (::write(fd_, &one, sizeof one) < 0 && errno == EINTR) {
    }
  }

  void Drain() override {
    uint64_t count;
    while (::read(fd_, &count, sizeof count) < 0 && errno == EINTR) {
    }
  }

 private:
  int OpenDescriptor() override {
    if (fd_ < 0) fd_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return fd_ >= 0 ? 0 : errno;
  }
  void CloseDescriptor() override {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  int descriptor() const override { return fd_; }

  int fd_ = -1;
};

}  // namespace efd
