#pragma once

#include <cstring>
#include <memory>

#include "loop/waker_async.h"
#ifndef _WIN32
#include "loop/waker_pipe.h"
#endif
#ifdef __linux__
#include "loop/waker_eventfd.h"
#endif

namespace efd {

// The waker of that name; null when this system has none such.
inline std::unique_ptr<LoopWaker> WakerNamed(const char* name) {
#ifdef __linux__
  if (std::strcmp(name, "eventfd") == 0) return std::make_unique<EventfdWaker>();
  if (std::strcmp(name, "futex") == 0) return std::make_unique<AsyncWaker<FutexCondition>>("futex");
#endif
#ifndef _WIN32
  if (std::strcmp(name, "pipe") == 0) return std::make_unique<PipeWaker>();
#endif
  if (std::strcmp(name, "async") == 0) return std::make_unique<AsyncWaker<UvCondition>>("async");
  return nullptr;
}

// The best that this system has. Bun has a part of libuv: neither uv_poll nor conditions.
inline const char* BestWaker(bool is_bun) {
#if defined(__linux__)
  return is_bun ? "futex" : "eventfd";
#elif !defined(_WIN32)
  return is_bun ? "async" : "pipe";
#else
  return "async";
#endif
}

}  // namespace efd
