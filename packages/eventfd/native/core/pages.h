#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>

namespace efd {

// Memory that goes back to the kernel when it is let go of. What comes from the heap may stay with the process, behind
// whatever was allocated after it.
struct Pages {
  // Zeroed, and aligned for anything. Ends the process, as `new` does here, when there is none.
  static void* Map(std::size_t bytes) {
    void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) std::abort();
    return memory;
  }
  static void Unmap(void* memory, std::size_t bytes) { munmap(memory, bytes); }

  // Addresses without memory, to be committed from the front as it is needed. Null when there are none.
  static void* Reserve(std::size_t bytes) {
    void* memory = mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? nullptr : memory;
  }
  // False when the kernel has no more.
  static bool Commit(void* reserved, std::size_t bytes) {
    return mprotect(reserved, bytes, PROT_READ | PROT_WRITE) == 0;
  }
};

}  // namespace efd
