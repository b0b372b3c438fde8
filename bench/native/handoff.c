// Two threads wake each other in turn. A round trip is there and back.
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "floor.h"

// One direction.
struct Way {
  _Alignas(64) _Atomic uint32_t word;
  sem_t sem;
  int fd;
  int epoll;
};

static struct Way ways[2];

static void SemPost(struct Way* way) {
  sem_post(&way->sem);
}
static void SemWait(struct Way* way) {
  while (sem_wait(&way->sem) != 0) {
  }
}

static void EventfdPost(struct Way* way) {
  const uint64_t one = 1;
  if (write(way->fd, &one, sizeof one) < 0) abort();
}
static void EventfdWait(struct Way* way) {
  uint64_t value;
  if (read(way->fd, &value, sizeof value) < 0) abort();
}
static void EpollWait(struct Way* way) {
  struct epoll_event event;
  while (epoll_wait(way->epoll, &event, 1, -1) != 1) {
  }
  EventfdWait(way);
}

static void FutexPost(struct Way* way) {
  atomic_store(&way->word, 1);
  syscall(SYS_futex, &way->word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}
static void FutexWait(struct Way* way) {
  while (atomic_exchange(&way->word, 0) == 0) syscall(SYS_futex, &way->word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
}

struct Kind {
  const char* name;
  void (*post)(struct Way*);
  void (*wait)(struct Way*);
};

static const struct Kind kinds[] = {
    {"sem", SemPost, SemWait},
    {"eventfd", EventfdPost, EventfdWait},
    {"epoll", EventfdPost, EpollWait},
    {"futex", FutexPost, FutexWait},
};

static const struct Kind* kind;
static int total;

static void* Answer(void* arg) {
  for (int i = 0; i < total; i++) {
    kind->wait(&ways[0]);
    kind->post(&ways[1]);
  }
  return arg;
}

int HandOff(const char* what, int rounds) {
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    if (strcmp(kinds[i].name, what) == 0) kind = &kinds[i];
  }
  if (kind == NULL || rounds < 1) return 2;
  for (int i = 0; i < 2; i++) {
    sem_init(&ways[i].sem, 0, 0);
    ways[i].fd = eventfd(0, EFD_CLOEXEC);
    ways[i].epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN};
    epoll_ctl(ways[i].epoll, EPOLL_CTL_ADD, ways[i].fd, &event);
  }
  const int warm_up = rounds / 5;
  total = rounds + warm_up;
  pthread_t other;
  pthread_create(&other, NULL, Answer, NULL);
  double* us = malloc((size_t)rounds * sizeof *us);
  double cpu = 0;
  uint64_t began = 0;
  for (int i = 0; i < total; i++) {
    if (i == warm_up) {
      cpu = CpuSeconds();
      began = NowNs();
    }
    const uint64_t start = NowNs();
    kind->post(&ways[0]);
    kind->wait(&ways[1]);
    if (i >= warm_up) us[i - warm_up] = (double)(NowNs() - start) / 1e3;
  }
  const double mean = (double)(NowNs() - began) / rounds / 1e3;
  cpu = CpuSeconds() - cpu;
  pthread_join(other, NULL);
  BeginReport();
  Report("p50", Quantile(us, rounds, 0.5));
  Report("p99", Quantile(us, rounds, 0.99));
  Report("mean", mean);
  Report("cpu", cpu / rounds * 1e6);
  EndReport();
  return 0;
}
