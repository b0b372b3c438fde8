#pragma once

#include <errno.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <uv.h>

#include <chrono>
#include <cstdint>
#include <fstream>
#include <mutex>

#include "core/lock_table.h"
#include "core/names.h"
#include "core/pages.h"
#include "core/roster.h"
#include "core/spin.h"
#include "loop/quota.h"

namespace efd {

// The process's statics, shared by its threads: they all load the same addon. Never destroyed, since a thread may
// outlive the end of main.
struct Process {
  const uint64_t addon_id = RandomId();
  Room<RealSync> room;
  LockTable<RealSync> locks;
  Roster<RealSync> roster;
  Arenas arenas{addon_id, IsMapped};

  static Process& Get() {
    static auto* process = new Process;
    return *process;
  }

  // The named objects; null while there is no address space for them.
  Names<RealSync>* names() {
    std::lock_guard lock(names_mutex_);
    if (names_ == nullptr) names_ = NewNames();
    return names_;
  }

 private:
  Process() {
    // Of n cores, n - 1 may spin; on one core there is nobody to wait for.
    std::ifstream groups("/proc/self/cgroup");
    const int cores = Cores();
    Spinner<RealSync>::SetMostSpinning(CoresWithin(CpuQuota(groups, "/sys/fs/cgroup"), cores) - 1);
  }

  // Those that its affinity leaves it.
  static int Cores() {
#ifdef __linux__
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
    return static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));  // more than the set has room for
#else
    return static_cast<int>(uv_available_parallelism());
#endif
  }

  // Offsets stay small integers, and 16 million lines are enough for all that are open at a time. Where so much address
  // space is not to be had, less.
  Names<RealSync>* NewNames() const {
    constexpr std::size_t kFirst = std::size_t{1} << 20;
    for (std::size_t reserved = std::size_t{1} << 30; reserved >= kFirst; reserved /= 4) {
      void* base = Pages::Reserve(reserved);
      if (base == nullptr) continue;
      if (Pages::Commit(base, kFirst)) {
        return new Names<RealSync>(static_cast<uint8_t*>(base), kFirst, reserved, addon_id,
                                   [](void* memory, std::size_t bytes) { return Pages::Commit(memory, bytes); });
      }
      Pages::Unmap(base, reserved);
    }
    return nullptr;
  }

  static bool IsMapped(const void* address) {
    const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
    unsigned char resident;
    void* start = reinterpret_cast<void*>(reinterpret_cast<uintptr_t>(address) / page * page);
    return mincore(start, 1, &resident) == 0 || errno != ENOMEM;
  }

  // 53 bits, so that it is a JavaScript number.
  static uint64_t RandomId() {
    uint64_t id = 0;
    // By syscall(2): older libraries have no function for it.
    if (syscall(SYS_getrandom, &id, sizeof id, 0) != sizeof id) id = static_cast<uint64_t>(getpid());
    return id >> 11;
  }

  std::mutex names_mutex_;
  Names<RealSync>* names_ = nullptr;
};

}  // namespace efd
