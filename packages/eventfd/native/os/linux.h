#pragma once

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>

#include "os/epoll_of.h"
#include "os/file_lock.h"

namespace efd {

struct Os {
  // Those that its affinity leaves it.
  static int Cores() {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
    return static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));  // more than the set has room for
  }

  static uint64_t RandomBits() {
    uint64_t bits = 0;
    // By syscall(2): older libraries have no function for it.
    if (syscall(SYS_getrandom, &bits, sizeof bits, 0) == sizeof bits) return bits;
    return static_cast<uint64_t>(getpid()) << 11;
  }

  static bool IsMapped(const void* address) {
    const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
    unsigned char resident;
    void* start = reinterpret_cast<void*>(reinterpret_cast<uintptr_t>(address) / page * page);
    return mincore(start, 1, &resident) == 0 || errno != ENOMEM;
  }

  static bool LockFile(int fd) { return LockOpenFile(fd); }

  static void KeepLoaded() {}  // it is linked with `-z nodelete`

  static int OpenEdge(int fd) {
    const int epoll = EpollOf(fd, EPOLLIN | EPOLLET);
    return epoll < 0 ? -1 : epoll;
  }
  static void TakeEdge(int edge) {
    epoll_event event;
    while (epoll_wait(edge, &event, 1, 0) < 0 && errno == EINTR) {
    }
  }
  static void CloseEdge(int edge) { close(edge); }

  template <std::size_t N>
  static int Poll(pollfd (&fds)[N], std::chrono::nanoseconds time) {
    const timespec most = {time.count() / 1'000'000'000, time.count() % 1'000'000'000};
    return ::ppoll(fds, N, &most, nullptr);
  }
};

}  // namespace efd
