#pragma once

#include <uv.h>

#include <cstdlib>

// A descriptor watched by this thread's loop. Node aborts the process when a worker's loop still has an open handle at
// its end, so whoever makes one closes it, at the latest in a cleanup hook of the environment.
//
// The hook does not wait until libuv has let go of the handle. Node turns the loop for that when it is done with the
// environment, and nothing here needs the environment then. Were it to wait (an async cleanup hook), Node 20 and 22
// would turn the loop at once, between having taken contexts of the vm module apart and being done with them: a cleanup
// of a FinalizationRegistry in one of them that runs there ends the process.
//
// The handle is allocated by uv_handle_size(), since its size differs between the libuv of the headers and the one
// that runs. All of it belongs to the loop's thread.
class PollHandle {
 public:
  using OnEvents = void (*)(void* data, int status, int events);

  // Null when libuv refuses; *error is then its (negative) code. The descriptor stays the caller's.
  static PollHandle* Create(uv_loop_t* loop, int fd, OnEvents on_events, void* data, int* error) {
    auto* handle = static_cast<uv_poll_t*>(std::calloc(1, uv_handle_size(UV_POLL)));
    if (handle == nullptr) {
      *error = UV_ENOMEM;
      return nullptr;
    }
    *error = uv_poll_init(loop, handle, fd);
    if (*error != 0) {
      std::free(handle);
      return nullptr;
    }
    return new PollHandle(handle, on_events, data);
  }

  PollHandle(const PollHandle&) = delete;
  PollHandle& operator=(const PollHandle&) = delete;

  int Start(int events) {
    return uv_poll_start(handle_, events, [](uv_poll_t* handle, int status, int got) {
      auto* self = static_cast<PollHandle*>(handle->data);
      self->on_events_(self->data_, status, got);
    });
  }
  void Stop() { uv_poll_stop(handle_); }
  void Ref() { uv_ref(reinterpret_cast<uv_handle_t*>(handle_)); }
  void Unref() { uv_unref(reinterpret_cast<uv_handle_t*>(handle_)); }

  // Ends the handle, and this object with it once libuv has let go. The descriptor may be closed as soon as this
  // returns, and whoever was called back may end.
  void Close() {
    uv_close(reinterpret_cast<uv_handle_t*>(handle_),
             [](uv_handle_t* handle) { delete static_cast<PollHandle*>(handle->data); });
  }

 private:
  PollHandle(uv_poll_t* handle, OnEvents on_events, void* data) : handle_(handle), on_events_(on_events), data_(data) {
    handle_->data = this;
  }
  ~PollHandle() { std::free(handle_); }

  uv_poll_t* handle_;
  OnEvents on_events_;
  void* data_;
};
