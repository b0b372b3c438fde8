#pragma once

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/event.h>
#include <sys/mman.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <thread>

#include "os/file_lock.h"

namespace efd {

struct Os {
  static int Cores() { return static_cast<int>(std::thread::hardware_concurrency()); }

  static uint64_t RandomBits() {
    uint64_t bits;
    arc4random_buf(&bits, sizeof bits);
    return bits;
  }

  // mincore(2) does not tell here what is not mapped; this does, and writes nothing, since no file is behind it.
  static bool IsMapped(const void* address) {
    const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
    void* start = reinterpret_cast<void*>(reinterpret_cast<uintptr_t>(address) / page * page);
    return msync(start, page, MS_ASYNC) == 0 || errno != ENOMEM;
  }

  static bool LockFile(int fd) { return LockOpenFile(fd); }

  static void KeepLoaded() {
    static const int here = 0;
    Dl_info info;
    if (dladdr(&here, &info) != 0) dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
  }

  static int OpenEdge(int fd) {
    const int queue = kqueue();
    if (queue < 0) return -1;
    struct kevent change;
    EV_SET(&change, fd, EVFILT_READ, EV_ADD | EV_CLEAR, 0, 0, nullptr);
    if (fcntl(queue, F_SETFD, FD_CLOEXEC) == 0 && kevent(queue, &change, 1, nullptr, 0, nullptr) == 0) return queue;
    close(queue);
    return -1;
  }
  static void TakeEdge(int edge) {
    struct kevent event;
    const timespec now = {0, 0};
    while (kevent(edge, nullptr, 0, &event, 1, &now) < 0 && errno == EINTR) {
    }
  }
  static void CloseEdge(int edge) { close(edge); }

  // In milliseconds, and rather too long than too short, or it would come back for what is left again and again.
  template <std::size_t N>
  static int Poll(pollfd (&fds)[N], std::chrono::nanoseconds time) {
    return ::poll(fds, N, static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(time).count()));
  }
};

}  // namespace efd
