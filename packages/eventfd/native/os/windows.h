#pragma once

#include <uv.h>
#include <windows.h>

#include <cstdint>
#include <random>
#include <thread>

namespace efd {

struct Os {
  static int Cores() { return static_cast<int>(std::thread::hardware_concurrency()); }

  static uint64_t RandomBits() {
    std::random_device random;
    return uint64_t{random()} << 32 | random();
  }

  static bool IsMapped(const void* address) {
    MEMORY_BASIC_INFORMATION info;
    return VirtualQuery(address, &info, sizeof info) == 0 || info.State != MEM_FREE;
  }

  // A lock keeps others from the bytes themselves, so it is of a byte that no file has. The descriptor is one of Node's
  // own library, which alone knows its handle.
  static bool LockFile(int fd) {
    const HANDLE file = uv_get_osfhandle(fd);
    OVERLAPPED at = {};
    at.Offset = at.OffsetHigh = 0x7fff'ffff;
    return file == INVALID_HANDLE_VALUE ||
           LockFileEx(file, LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &at) ||
           (GetLastError() != ERROR_LOCK_VIOLATION && GetLastError() != ERROR_IO_PENDING);
  }

  static void KeepLoaded() {
    static const int here = 0;
    HMODULE module;
    GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                       reinterpret_cast<LPCSTR>(&here), &module);
  }

  // A loop has no descriptor here, and no waker hears it.
  static int OpenEdge(int) { return -1; }
  static void TakeEdge(int) {}
  static void CloseEdge(int) {}
};

}  // namespace efd
