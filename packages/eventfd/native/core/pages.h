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
};

}  // namespace efd
