#pragma once

#include <uv.h>

#include <chrono>
#include <cstdlib>

#include "core/sleeper.h"
#include "loop/condition.h"
#include "loop/waker.h"

namespace efd {

// What libuv and a condition can do, where a descriptor cannot be polled (Windows), or libuv is another's (Bun). It
// costs no descriptor, and nothing tells a thread that is blocked of its loop: a termination is seen when the slice
// ends.
template <class Condition>
class AsyncWaker final : public LoopWaker {
 public:
  explicit AsyncWaker(const char* name) : name_(name) {}

  const char* name() const override { return name_; }

  int Open(uv_loop_t* loop, OnSignal on_signal, void* data) override {
    // As PollHandle: the size is not that of the headers.
    auto* async = static_cast<uv_async_t*>(std::calloc(1, uv_handle_size(UV_ASYNC)));
    if (async == nullptr) return -UV_ENOMEM;
    const int error = uv_async_init(loop, async, [](uv_async_t* async) {
      auto* self = static_cast<AsyncWaker*>(async->data);
      self->on_signal_(self->data_);
    });
    if (error != 0) {
      std::free(async);
      return -error;
    }
    on_signal_ = on_signal;
    data_ = data;
    async->data = this;
    async_ = async;
    Unref();
    return 0;
  }
  bool is_open() const override { return async_ != nullptr; }
  bool HasWholeLibuv() const override { return Condition::kIsLibuv; }

  void Ref() override { uv_ref(handle()); }
  void Unref() override { uv_unref(handle()); }

  void Signal() override {
    if (!sleeper_.Signal()) uv_async_send(async_);
  }

  void Drain() override { sleeper_.Clear(); }

  bool HearsLoop() const override { return false; }
  Slept Sleep(LoopWatch&, std::chrono::nanoseconds time) override { return {sleeper_.Sleep(time.count()), false}; }

  // libuv calls it no more, and lets go of the handle later.
  void Close() override {
    if (async_ == nullptr) return;
    uv_close(handle(), [](uv_handle_t* handle) { std::free(handle); });
    async_ = nullptr;
  }

 private:
  uv_handle_t* handle() { return reinterpret_cast<uv_handle_t*>(async_); }

  const char* const name_;
  Sleeper<Condition> sleeper_;
  uv_async_t* async_ = nullptr;
  OnSignal on_signal_ = nullptr;
  void* data_ = nullptr;
};

}  // namespace efd
