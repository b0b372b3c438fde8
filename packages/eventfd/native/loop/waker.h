#pragma once

#include <uv.h>

#include <chrono>

#include "core/waiter.h"
#include "loop/loop_watch.h"

namespace efd {

// How a thread is woken, whether its loop runs or it is blocked in a sync wait: one for each thread, however many cells
// it waits on. Which one a thread gets, wakers.h says.
//
//   waker    the loop hears by          a sync wait sleeps in          a termination ends that sleep
//   -------  -------------------------  -----------------------------  -----------------------------
//   eventfd  uv_poll of an eventfd      ppoll(2) of the eventfd        at once, by the loop's descriptor
//   pipe     uv_poll of a pipe          poll(2) of the pipe            the same
//   async    uv_async_t                 a timed wait, uv_cond_t        with the slice
//   futex    uv_async_t                 a timed wait, futex(2)         with the slice
//
// All but Signal() is for the thread itself. Signal() is never called before Open() has succeeded, nor after Close().
class LoopWaker : public Waker {
 public:
  using OnSignal = void (*)(void* data);

  struct Slept {
    bool signalled;
    bool loop_has_work;
  };

  LoopWaker() = default;
  LoopWaker(const LoopWaker&) = delete;
  LoopWaker& operator=(const LoopWaker&) = delete;
  virtual ~LoopWaker() = default;

  // As EVENTFD_WAKER and native.ts have it.
  virtual const char* name() const = 0;

  // The loop calls on_signal(data) after a signal from now on; it does not live for that. 0, or an errno: then it may
  // be tried again.
  virtual int Open(uv_loop_t* loop, OnSignal on_signal, void* data) = 0;
  virtual bool is_open() const = 0;

  // Whether the loop lives for it; once it is open.
  virtual void Ref() = 0;
  virtual void Unref() = 0;

  // The signal was heard by the loop: the next one calls again.
  virtual void Drain() = 0;

  // Whether all of libuv may be called: it ends the process in what it lacks.
  virtual bool HasWholeLibuv() const { return true; }

  // Whether a sleep ends when the loop gets something to do.
  virtual bool HearsLoop() const = 0;

  // Sleeps until a signal, which is drained, until the loop has something to do, if it hears that, or for so long.
  virtual Slept Sleep(LoopWatch& watch, std::chrono::nanoseconds time) = 0;

  // In a cleanup hook of the environment (see PollHandle). It may be destroyed at once.
  virtual void Close() = 0;
};

}  // namespace efd
