#pragma once

#include <cstddef>
#include <memory>

// Where valgrind is installed: it must be told which memory is a stack, or takes a switch of fibers for one huge frame.
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define VALGRIND_STACK_REGISTER(begin, end) 0u
#define VALGRIND_STACK_DEREGISTER(id) static_cast<void>(id)
#endif

namespace model {

// The stack that an actor runs on.
class FiberStack {
 public:
  static constexpr std::size_t kBytes = 256 * 1024;

  FiberStack() : id_(VALGRIND_STACK_REGISTER(bytes_.get(), bytes_.get() + kBytes)) {}
  ~FiberStack() { VALGRIND_STACK_DEREGISTER(id_); }
  FiberStack(const FiberStack&) = delete;
  FiberStack& operator=(const FiberStack&) = delete;

  void* begin() const { return bytes_.get(); }

 private:
  const std::unique_ptr<char[]> bytes_ = std::make_unique<char[]>(kBytes);
  const unsigned id_;
};

}  // namespace model
