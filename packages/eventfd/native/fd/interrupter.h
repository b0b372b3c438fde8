#pragma once

namespace efd {

// While it lives, system calls of this thread that sleep end with EINTR, `ms` after it was made and every `ms` again.
//
// It is what bounds a write(2) on a blocking descriptor. poll(2) cannot: between its answer and the write another
// writer may fill the counter, and POLLOUT only says that one more fits, not that the value does. pwritev2(RWF_NOWAIT)
// cannot either, since eventfd does not know it. And no descriptor may be made non-blocking behind the back of the
// processes that share it.
//
// It is a timer that sends this very thread a real-time signal whose handler does nothing. The signal is the highest
// one that nobody handled when it was first needed. It repeats, so that one that comes before the thread is inside the
// system call does no harm.
class Interrupter {
 public:
  explicit Interrupter(int ms);
  ~Interrupter();
  Interrupter(const Interrupter&) = delete;
  Interrupter& operator=(const Interrupter&) = delete;

  // 0, or a negative errno: then nothing will interrupt, and nothing that may sleep must be called.
  int error() const { return error_; }

 private:
  int timer_ = -1;
  int error_ = 0;
};

}  // namespace efd
