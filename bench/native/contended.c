// Workers take one lock as fast as they can: nothing but the section lies between an unlock and the next lock.
#include <pthread.h>

#include "floor.h"
#include "lock.h"

static struct {
  _Alignas(64) _Atomic uint64_t done;
} counters[kMostWorkers];

static uint64_t section_ns;
static _Atomic int stop;

static void* Worker(void* arg) {
  const int self = (int)(intptr_t)arg;
  uint64_t done = 0;
  while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
    Lock();
    if (section_ns > 0) Busy(section_ns);
    Unlock();
    atomic_store_explicit(&counters[self].done, ++done, memory_order_relaxed);
  }
  return NULL;
}

static void Look(uint64_t* at, int workers) {
  for (int i = 0; i < workers; i++) at[i] = atomic_load(&counters[i].done);
}

int Contended(const char* what, int workers, double section, int ms, int permits) {
  if (workers < 1 || workers > kMostWorkers || ms < 1 || permits < 1) return 2;
  if (!InitLock(what, (unsigned)permits)) return 2;
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

  double shares[kMostWorkers], sum = 0;
  for (int i = 0; i < workers; i++) sum += shares[i] = (double)(to[i] - from[i]);
  BeginReport();
  Report("rate", sum / seconds);
  Report("cpu", used / sum * 1e6);
  Report("fairness", Jain(shares, workers));
  EndReport();
  return 0;
}
