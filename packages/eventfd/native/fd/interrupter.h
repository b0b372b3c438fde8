#pragma once

#include <memory>

namespace efd {

// While it lives, system calls of this thread that sleep end with EINTR, `ms` after it was made and every `ms` again.
//
// It is what bounds a write(2) on a blocking descriptor. poll(2) cannot: between its answer and the write another
// writer may fill the counter, and POLLOUT only says that one more fits, not that the value does. pwritev2(RWF_NOWAIT)
// cannot either, since eventfd does not know it. And no descriptor may be made non-blocking behind the back of the
// processes that share it.
//
// It is a timer that sends this very thread a signal whose handler does nothing: the highest real-time one that nobody
// handled when it was first needed. It repeats, so that one that comes before the thread is inside the system call does
// no harm. Where the kernel has no timer to give (each counts as a pending signal, of which RLIMIT_SIGPENDING allows a
// user so many, over all processes), a thread sends the signal: a standard one, since that limit does not hold for
// them.
class Interrupter {
 public:
  explicit Interrupter(int ms);
  ~Interrupter();
  Interrupter(const Interrupter&) = delete;
  Interrupter& operator=(const Interrupter&) = delete;

  // False when there is neither: then nothing will interrupt, and nothing that may sleep must be called.
  bool works() const { return timer_ != -1 || sender_ != nullptr; }

 private:
  class Sender;

  void StartTimer(int ms);
  void StartSender(int ms);

  int timer_ = -1;
  std::unique_ptr<Sender> sender_;
};

}  // namespace efd
