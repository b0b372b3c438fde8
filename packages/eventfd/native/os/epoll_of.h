#pragma once

#include <sys/epoll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace efd {

// A new epoll that looks at one descriptor, and is readable itself when that has one of the events. Or a negative
// errno.
inline int EpollOf(int fd, uint32_t events) {
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) return -errno;
  epoll_event event = {};
  event.events = events;
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0) return epoll;
  const int error = -errno;
  close(epoll);
  return error;
}

}  // namespace efd
