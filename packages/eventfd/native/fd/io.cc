#include "fd/io.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "fd/interrupter.h"

#ifndef RWF_NOWAIT
#define RWF_NOWAIT 0x00000008  // of linux/fs.h
#endif

namespace efd {
namespace {

constexpr int kLongestSlice = 1000;  // ms a call blocks: a thread can be terminated between two of them

// A read(2) or write(2) that returns in time: at once on a non-blocking descriptor, else after `patience` ms.
template <typename Call>
ssize_t Bounded(int fd, int patience, Call call) {
  if (IsNonBlocking(fd) != 0) return call();  // that is, also when it is no descriptor: the call says so
  Interrupter interrupter(std::clamp(patience, 1, kLongestSlice));  // of 0 it would never interrupt
  if (!interrupter.works()) {
    errno = EBUSY;  // not EAGAIN, after which the caller would only try again
    return -1;
  }
  ssize_t n = call();
  if (n < 0 && errno == EINTR) errno = EAGAIN;
  return n;
}

// Anything but 8 bytes came from something that is not an eventfd.
int Result(ssize_t n) {
  if (n < 0) return -errno;
  return n == sizeof(uint64_t) ? 0 : -EINVAL;
}

}  // namespace

int Create(uint32_t initval, int flags) {
  int fd = eventfd(initval, flags);
  return fd >= 0 ? fd : -errno;
}

int TryRead(int fd, uint64_t* value) {
  // RWF_NOWAIT does not sleep even if another reader won the race, and even on a blocking descriptor.
  iovec vec = {value, sizeof(*value)};
  // By syscall(2), since musl has had no preadv2 for long; the offset, -1, is in two halves.
  ssize_t n = syscall(SYS_preadv2, fd, &vec, 1L, -1L, -1L, RWF_NOWAIT);
  // Linux before 5.8, or something that is not an eventfd.
  if (n < 0 && errno == EOPNOTSUPP) n = Bounded(fd, 1, [&] { return read(fd, value, sizeof(*value)); });
  return Result(n);
}

int TryWrite(int fd, uint64_t value, int patience) {
  return Result(Bounded(fd, patience, [&] { return write(fd, &value, sizeof(value)); }));
}

int IsNonBlocking(int fd) {
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0) return -errno;
  return (flags & O_NONBLOCK) != 0;
}

int SetNonBlocking(int fd) {
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) return -errno;
  return 0;
}

int Poll(std::vector<pollfd>* polled, int loop_fd, int ms, bool* loop_has_work) {
  polled->push_back({loop_fd, POLLIN, 0});  // poll(2) passes over a negative one
  int n = poll(polled->data(), polled->size(), std::clamp(ms, 0, kLongestSlice));
  int error = n < 0 && errno != EINTR ? -errno : 0;
  *loop_has_work = n > 0 && polled->back().revents != 0;
  polled->pop_back();
  return error;
}

}  // namespace efd
