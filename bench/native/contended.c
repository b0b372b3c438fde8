// Workers take one lock as fast as they can: nothing but the section lies between an unlock and the next lock.
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "floor.h"

enum { kMostWorkers = 64 };

static struct {
  _Alignas(64) _Atomic uint64_t done;
} counters[kMostWorkers];

static pthread_mutex_t mutex;
static sem_t sem;
static int use_sem;
static uint64_t section_ns;
static _Atomic int stop;

// By the clock, as src/measure/clock.ts has it.
static void Busy(uint64_t ns) {
  const uint64_t end = NowNs() + ns;
  while (NowNs() < end) {
  }
}

static void* Worker(void* arg) {
  const int self = (int)(intptr_t)arg;
  uint64_t done = 0;
  while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
    if (use_sem) {
      while (sem_wait(&sem) != 0) {
      }
    } else {
      pthread_mutex_lock(&mutex);
    }
    if (section_ns > 0) Busy(section_ns);
    if (use_sem) {
      sem_post(&sem);
    } else {
      pthread_mutex_unlock(&mutex);
    }
    atomic_store_explicit(&counters[self].done, ++done, memory_order_relaxed);
  }
  return NULL;
}

static void Look(uint64_t* at, int workers) {
  for (int i = 0; i < workers; i++) at[i] = atomic_load(&counters[i].done);
}

static void SleepMs(int ms) {
  usleep((useconds_t)ms * 1000);
}

int Contended(const char* what, int workers, double section, int ms) {
  if (workers < 1 || workers > kMostWorkers || ms < 1) return 2;
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  if (strcmp(what, "adaptive") == 0) {
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ADAPTIVE_NP);
  } else if (strcmp(what, "sem") == 0) {
    use_sem = 1;
  } else if (strcmp(what, "normal") != 0) {
    return 2;
  }
  pthread_mutex_init(&mutex, &attributes);
  sem_init(&sem, 0, 1);
  section_ns = (uint64_t)section;

  pthread_t threads[kMostWorkers];
  for (int i = 0; i < workers; i++) pthread_create(&threads[i], NULL, Worker, (void*)(intptr_t)i);
  SleepMs(ms / 2);
  uint64_t from[kMostWorkers], to[kMostWorkers];
  const double cpu = CpuSeconds();
  const uint64_t start = NowNs();
  Look(from, workers);
  SleepMs(ms);
  Look(to, workers);
  const double seconds = (double)(NowNs() - start) / 1e9;
  const double used = CpuSeconds() - cpu;
  atomic_store(&stop, 1);
  for (int i = 0; i < workers; i++) pthread_join(threads[i], NULL);

  double sum = 0, squares = 0;
  for (int i = 0; i < workers; i++) {
    const double share = (double)(to[i] - from[i]);
    sum += share;
    squares += share * share;
  }
  BeginReport();
  Report("rate", sum / seconds);
  Report("cpu", used / sum * 1e6);
  // Jain's index: 1 when all had the same, 1/n when one had all.
  Report("fairness", squares == 0 ? 0 : sum * sum / (workers * squares));
  EndReport();
  return 0;
}
