#include "fd/interrupter.h"

#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include <atomic>
#include <cerrno>
#include <vector>

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

namespace efd {
namespace {

void DoNothing(int) {}

// A signal of the process that does nothing but interrupt.
class Signal {
 public:
  explicit Signal(std::vector<int> candidates) : candidates_(std::move(candidates)) {}

  // Its number, with this thread open to it; 0 when all candidates are taken.
  int Use() {
    int number = claimed_;
    if (number == 0 || !IsOurs(number)) claimed_ = number = Claim();
    if (number != 0) Unblock(number);
    return number;
  }

 private:
  // Another library may have come later and taken it.
  static bool IsOurs(int number) {
    struct sigaction current;
    return sigaction(number, nullptr, &current) == 0 && current.sa_handler == DoNothing;
  }

  // One that is ignored, as the parent of the process may have had it, will do when there is no better.
  int Claim() {
    for (auto unhandled : {SIG_DFL, SIG_IGN}) {
      for (int number : candidates_) {
        struct sigaction current;
        if (sigaction(number, nullptr, &current) != 0 || current.sa_handler != unhandled) continue;
        struct sigaction action = {};
        action.sa_handler = DoNothing;  // without SA_RESTART: the interrupted call is to return
        if (sigaction(number, &action, nullptr) == 0) return number;
      }
    }
    return 0;
  }

  // A signal mask is inherited over exec(2), so a process may start with any signal blocked. It is a thread's, and who
  // has opened it before is not worth a thread_local (see module.cc).
  static void Unblock(int number) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    // The calling thread's own, as by pthread_sigmask, whose newest version glibc before 2.32 does not have
    // (older_libc.cc).
    sigprocmask(SIG_UNBLOCK, &set, nullptr);
  }

  const std::vector<int> candidates_;
  std::atomic<int> claimed_{0};
};

// Standard signals that mean nothing to nearly every program.
std::vector<int> Standard() {
  return {
#ifdef SIGSTKFLT
      SIGSTKFLT,
#endif
      SIGURG};
}

std::vector<int> RealTimeFirst() {
  std::vector<int> numbers;
  for (int number = SIGRTMAX; number >= SIGRTMIN; number--) numbers.push_back(number);
  for (int number : Standard()) numbers.push_back(number);
  return numbers;
}

pid_t ThisThread() {
  return static_cast<pid_t>(syscall(SYS_gettid));
}

}  // namespace

// Sends the thread that made it the signal, from a thread of its own.
class Interrupter::Sender {
 public:
  // Null when that cannot be had.
  static std::unique_ptr<Sender> Start(int ms, int number) {
    std::unique_ptr<Sender> sender(new Sender(ms, number));
    // Whether it may send at all: a sandbox may say no. 0 is no signal.
    if (syscall(SYS_tgkill, getpid(), sender->target_, 0) != 0) return nullptr;
    uv_thread_options_t options = {};
    options.flags = UV_THREAD_HAS_STACK_SIZE;
    options.stack_size = 64 * 1024;
    const auto run = [](void* self) { static_cast<Sender*>(self)->Run(); };
    sender->started_ = uv_thread_create_ex(&sender->thread_, &options, run, sender.get()) == 0;
    return sender->started_ ? std::move(sender) : nullptr;
  }

  ~Sender() {
    if (started_) {
      uv_mutex_lock(&mutex_);
      over_ = true;
      uv_cond_signal(&ended_);
      uv_mutex_unlock(&mutex_);
      uv_thread_join(&thread_);
    }
    uv_cond_destroy(&ended_);
    uv_mutex_destroy(&mutex_);
  }

 private:
  Sender(int ms, int number) : ms_(ms), number_(number), target_(ThisThread()) {
    uv_mutex_init(&mutex_);
    uv_cond_init(&ended_);
  }

  void Run() {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, nullptr);  // what is sent to the process is not for this thread
    uv_mutex_lock(&mutex_);
    while (!over_) {
      // It may wake up early, and then interrupts early.
      uv_cond_timedwait(&ended_, &mutex_, static_cast<uint64_t>(ms_) * 1'000'000);
      if (!over_) syscall(SYS_tgkill, getpid(), target_, number_);
    }
    uv_mutex_unlock(&mutex_);
  }

  const int ms_;
  const int number_;
  const pid_t target_;
  bool started_ = false;
  bool over_ = false;
  uv_mutex_t mutex_;
  uv_cond_t ended_;
  uv_thread_t thread_;
};

Interrupter::Interrupter(int ms) {
  StartTimer(ms);
  if (timer_ == -1) StartSender(ms);
}

// The timer_ calls go through syscall(2): before glibc 2.34 their wrappers live in librt, which Node does not load.
void Interrupter::StartTimer(int ms) {
  static Signal& signal = *new Signal(RealTimeFirst());
  const int number = signal.Use();
  if (number == 0) return;
  struct sigevent event = {};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = number;
  event.sigev_notify_thread_id = ThisThread();
  int timer;
  if (syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &timer) != 0) return;
  struct itimerspec when = {};
  when.it_value.tv_sec = when.it_interval.tv_sec = ms / 1000;
  when.it_value.tv_nsec = when.it_interval.tv_nsec = (ms % 1000) * 1000000L;
  if (syscall(SYS_timer_settime, timer, 0, &when, nullptr) == 0) {
    timer_ = timer;
  } else {
    syscall(SYS_timer_delete, timer);
  }
}

void Interrupter::StartSender(int ms) {
  static Signal& signal = *new Signal(Standard());
  const int number = signal.Use();
  if (number != 0) sender_ = Sender::Start(ms, number);
}

// A signal already under way is delivered before the system call returns, so none strays into later code.
Interrupter::~Interrupter() {
  const int saved = errno;
  if (timer_ != -1) syscall(SYS_timer_delete, timer_);
  sender_.reset();
  errno = saved;
}

}  // namespace efd
