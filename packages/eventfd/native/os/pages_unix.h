#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>

namespace efd {

struct Pages {
  static void* Map(std::size_t bytes) {
    void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) std::abort();
    return memory;
  }
  static void Unmap(void* memory, std::size_t bytes) { munmap(memory, bytes); }

  static void* Reserve(std::size_t bytes) {
    void* memory = mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? nullptr : memory;
  }
  static bool Commit(void* reserved, std::size_t bytes) {
    return mprotect(reserved, bytes, PROT_READ | PROT_WRITE) == 0;
  }
};

}  // namespace efd
