#pragma once

#include <uv.h>

#include <cstdlib>

// A timer of this thread's loop, which keeps it not alive. It is made, closed and let go of like a PollHandle.
class Alarm {
 public:
  using OnAlarm = void (*)(void* data);

  // Null when no memory is left.
  static Alarm* Create(uv_loop_t* loop, OnAlarm on_alarm, void* data) {
    auto* handle = static_cast<uv_timer_t*>(std::calloc(1, uv_handle_size(UV_TIMER)));
    if (handle == nullptr) return nullptr;
    uv_timer_init(loop, handle);
    uv_unref(reinterpret_cast<uv_handle_t*>(handle));
    return new Alarm(loop, handle, on_alarm, data);
  }

  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  // Once, in so many milliseconds from now; what was set before is forgotten.
  void Set(uint64_t ms) {
    uv_update_time(loop_);  // else it counts from when the loop last looked
    uv_timer_start(
        handle_,
        [](uv_timer_t* handle) {
          auto* self = static_cast<Alarm*>(handle->data);
          self->on_alarm_(self->data_);
        },
        ms, 0);
  }

  void Close() {
    uv_close(reinterpret_cast<uv_handle_t*>(handle_),
             [](uv_handle_t* handle) { delete static_cast<Alarm*>(handle->data); });
  }

 private:
  Alarm(uv_loop_t* loop, uv_timer_t* handle, OnAlarm on_alarm, void* data)
      : loop_(loop), handle_(handle), on_alarm_(on_alarm), data_(data) {
    handle_->data = this;
  }
  ~Alarm() { std::free(handle_); }

  uv_loop_t* const loop_;
  uv_timer_t* handle_;
  OnAlarm on_alarm_;
  void* data_;
};
