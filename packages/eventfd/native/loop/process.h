#pragma once

#include <cstdint>
#include <fstream>
#include <mutex>

#include "core/lock_table.h"
#include "core/names.h"
#include "core/pages.h"
#include "core/roster.h"
#include "core/spin.h"
#include "loop/quota.h"
#include "os/os.h"

namespace efd {

// The process's statics, shared by its threads: they all load the same addon. Never destroyed, since a thread may
// outlive the end of main.
struct Process {
  const uint64_t addon_id = Os::RandomBits() >> 11;  // so that it is a JavaScript number
  Room<RealSync> room;
  LockTable<RealSync> locks;
  Roster<RealSync> roster;
  Arenas arenas{addon_id, Os::IsMapped};

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
    const int cores = Os::Cores();
    Spinner<RealSync>::SetMostSpinning(CoresWithin(CpuQuota(groups, "/sys/fs/cgroup"), cores) - 1);
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

  std::mutex names_mutex_;
  Names<RealSync>* names_ = nullptr;
};

}  // namespace efd
