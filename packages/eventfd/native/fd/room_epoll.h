#pragma once

#include <sys/epoll.h>
#include <unistd.h>

#include <vector>

#include "fd/io.h"
#include "os/epoll_of.h"

namespace efd {

// Tells when somebody reads from a counter that was full: an edge-triggered epoll on its descriptor. poll(2) says
// POLLOUT as soon as one more fits, so a writer of a larger value would spin on it, while the edge comes with every
// read. Made when it is first asked for.
class RoomEpoll {
 public:
  RoomEpoll() = default;
  RoomEpoll(const RoomEpoll&) = delete;
  RoomEpoll& operator=(const RoomEpoll&) = delete;
  ~RoomEpoll() { Close(); }

  // To be watched for reading; or a negative errno.
  int Of(int fd) {
    if (epoll_ != -1) return epoll_;
    const int epoll = EpollOf(fd, EPOLLOUT | EPOLLET);
    if (epoll >= 0) epoll_ = epoll;
    return epoll;
  }

  void TakeEdge() {
    epoll_event event;
    epoll_wait(epoll_, &event, 1, 0);
  }

  // Waits for the next read by anyone, or for up to `ms`; see Poll. The first call returns at once if one more fits.
  int Wait(int fd, int loop_fd, int ms, bool* loop_has_work) {
    const int epoll = Of(fd);
    if (epoll < 0) return epoll;
    std::vector<pollfd> polled = {{epoll, POLLIN, 0}};
    const int error = Poll(&polled, loop_fd, ms, loop_has_work);
    if (polled[0].revents != 0) TakeEdge();
    return error;
  }

  void Close() {
    if (epoll_ != -1) close(epoll_);
    epoll_ = -1;
  }

 private:
  int epoll_ = -1;
};

}  // namespace efd
