#pragma once

#include <poll.h>

#include <chrono>

#include "loop/poll_handle.h"
#include "loop/waker.h"
#include "os/os.h"

namespace efd {

// A waker that is a descriptor: its own loop watches it, its sync waits poll it, every other thread of the process
// writes to it. What it is, its subclass knows.
class PolledWaker : public LoopWaker {
 public:
  int Open(uv_loop_t* loop, OnSignal on_signal, void* data) final {
    if (const int error = OpenDescriptor()) return error;
    int error = 0;
    poll_ = PollHandle::Create(loop, descriptor(), OnEvents, this, &error);
    if (poll_ == nullptr) return -error;
    on_signal_ = on_signal;
    data_ = data;
    poll_->Start(UV_READABLE);
    poll_->Unref();
    return 0;
  }
  bool is_open() const final { return poll_ != nullptr; }

  void Ref() final { poll_->Ref(); }
  void Unref() final { poll_->Unref(); }

  bool HearsLoop() const final { return true; }
  Slept Sleep(LoopWatch& watch, std::chrono::nanoseconds time) final {
    pollfd fds[] = {{descriptor(), POLLIN, 0}, {watch.fd(), POLLIN, 0}};
    if (Os::Poll(fds, time) <= 0) return {false, false};
    if (fds[0].revents != 0) Drain();
    if (fds[1].revents & POLLNVAL) {
      watch.CannotBePolled();
      fds[1].revents = 0;
    }
    return {fds[0].revents != 0, fds[1].revents != 0};
  }

  void Close() final {
    if (poll_ != nullptr) poll_->Close();
    poll_ = nullptr;
    CloseDescriptor();
  }

 private:
  // 0, also when it is open already, or an errno.
  virtual int OpenDescriptor() = 0;
  virtual void CloseDescriptor() = 0;
  // What is readable after a signal.
  virtual int descriptor() const = 0;

  static void OnEvents(void* self, int, int) {
    auto* waker = static_cast<PolledWaker*>(self);
    waker->on_signal_(waker->data_);
  }

  PollHandle* poll_ = nullptr;
  OnSignal on_signal_ = nullptr;
  void* data_ = nullptr;
};

}  // namespace efd
