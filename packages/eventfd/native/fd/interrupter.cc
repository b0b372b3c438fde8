#include "fd/interrupter.h"

#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

namespace efd {
namespace {

void DoNothing(int) {}

// 0 when every real-time signal is taken.
int ClaimSignal() {
  for (int number = SIGRTMAX; number >= SIGRTMIN; number--) {
    struct sigaction current;
    if (sigaction(number, nullptr, &current) != 0 || current.sa_handler != SIG_DFL) continue;
    struct sigaction action = {};
    action.sa_handler = DoNothing;  // without SA_RESTART: the interrupted call is to return
    if (sigaction(number, &action, nullptr) == 0) return number;
  }
  return 0;
}

// A signal mask is inherited over exec(2), so a process may start with any signal blocked.
void Unblock(int number) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, number);
  // The calling thread's own, as by pthread_sigmask, whose newest version glibc before 2.32 does not have
  // (older_libc.cc).
  sigprocmask(SIG_UNBLOCK, &set, nullptr);
}

}  // namespace

// The timer_ calls go through syscall(2): before glibc 2.34 their wrappers live in librt, which Node does not load.
Interrupter::Interrupter(int ms) {
  static const int signal_number = ClaimSignal();
  if (signal_number == 0) {
    error_ = -EBUSY;
    return;
  }
  thread_local bool unblocked = (Unblock(signal_number), true);
  static_cast<void>(unblocked);

  struct sigevent event = {};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = signal_number;
  event.sigev_notify_thread_id = static_cast<pid_t>(syscall(SYS_gettid));
  if (syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &timer_) != 0) {
    error_ = -errno;
    timer_ = -1;
    return;
  }
  struct itimerspec when = {};
  when.it_value.tv_sec = when.it_interval.tv_sec = ms / 1000;
  when.it_value.tv_nsec = when.it_interval.tv_nsec = (ms % 1000) * 1000000L;
  if (syscall(SYS_timer_settime, timer_, 0, &when, nullptr) != 0) error_ = -errno;
}

// A signal already under way is delivered before the system call returns, so none strays into later code.
Interrupter::~Interrupter() {
  int saved = errno;
  if (timer_ != -1) syscall(SYS_timer_delete, timer_);
  errno = saved;
}

}  // namespace efd
