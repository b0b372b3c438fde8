#pragma once

#include <windows.h>

#include <cstddef>
#include <cstdlib>

namespace efd {

struct Pages {
  static void* Map(std::size_t bytes) {
    void* memory = VirtualAlloc(nullptr, bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    if (memory == nullptr) std::abort();
    return memory;
  }
  static void Unmap(void* memory, std::size_t) { VirtualFree(memory, 0, MEM_RELEASE); }

  static void* Reserve(std::size_t bytes) { return VirtualAlloc(nullptr, bytes, MEM_RESERVE, PAGE_NOACCESS); }
  static bool Commit(void* reserved, std::size_t bytes) {
    return VirtualAlloc(reserved, bytes, MEM_COMMIT, PAGE_READWRITE) != nullptr;
  }
};

}  // namespace efd
