// One thread takes and gives back what nobody else wants.
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "floor.h"

static sem_t sem;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int fd;

static void Sem(uint32_t n) {
  for (uint32_t i = 0; i < n; i++) {
    sem_wait(&sem);
    sem_post(&sem);
  }
}

static void Mutex(uint32_t n) {
  for (uint32_t i = 0; i < n; i++) {
    pthread_mutex_lock(&mutex);
    pthread_mutex_unlock(&mutex);
  }
}

static void Eventfd(uint32_t n) {
  uint64_t value = 1;
  for (uint32_t i = 0; i < n; i++) {
    if (read(fd, &value, sizeof value) < 0 || write(fd, &value, sizeof value) < 0) abort();
  }
}

static void Noop(uint32_t n) {
  for (uint32_t i = 0; i < n; i++) asm volatile("" ::: "memory");
}

static void* Idle(void* arg) {
  pause();
  return arg;
}

int Uncontended(const char* what) {
  void (*batch)(uint32_t) = strcmp(what, "sem") == 0       ? Sem
                            : strcmp(what, "mutex") == 0   ? Mutex
                            : strcmp(what, "eventfd") == 0 ? Eventfd
                            : strcmp(what, "noop") == 0    ? Noop
                                                           : NULL;
  if (batch == NULL) return 2;
  sem_init(&sem, 0, 1);
  fd = eventfd(1, EFD_CLOEXEC | EFD_SEMAPHORE);
  // glibc leaves out atomic instructions in a process of one thread; Node's never are.
  pthread_t idle;
  pthread_create(&idle, NULL, Idle, NULL);

  uint32_t n = 1000;
  for (uint64_t took = 0; took < 5000000; n *= 2) {
    const uint64_t start = NowNs();
    batch(n);
    took = NowNs() - start;
    if (took >= 5000000) break;
  }
  enum { kBatches = 60 };
  double ns[kBatches];
  for (int i = 0; i < kBatches; i++) {
    const uint64_t start = NowNs();
    batch(n);
    ns[i] = (double)(NowNs() - start) / n;
  }
  BeginReport();
  Report("time", Quantile(ns, kBatches, 0.5));
  EndReport();
  return 0;
}
