// Workers that do most of their work outside the lock. The twin of src/cases/rarely-contended.ts.
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "floor.h"
#include "lock.h"

enum Phase { kWarmUp, kMeasured, kOver };

static _Atomic int phase;
static uint64_t section_ns;
static uint64_t outside_ns;

static struct Waits {
  double* us;
  int count;
  int room;
} all[kMostWorkers];

static void* Worker(void* arg) {
  struct Waits* waits = arg;
  uint32_t random = RandomSeed((int)(waits - all) + 1);
  for (int during = kWarmUp; during != kOver;) {
    Busy((uint64_t)((double)outside_ns * (0.5 + Random(&random))));
    const uint64_t began = NowNs();
    Lock();
    const uint64_t inside = NowNs();
    during = atomic_load_explicit(&phase, memory_order_relaxed);
    Busy(section_ns);
    Unlock();
    if (during == kWarmUp) continue;
    if (waits->count == waits->room) waits->us = realloc(waits->us, (size_t)(waits->room *= 2) * sizeof(double));
    waits->us[waits->count++] = (double)(inside - began) / 1e3;
  }
  return NULL;
}

int Rarely(const char* what, int workers, double section, double outside, int ms) {
  if (workers < 1 || workers > kMostWorkers || ms < 1) return 2;
  if (!InitLock(what, 1)) return 2;
  section_ns = (uint64_t)section;
  outside_ns = (uint64_t)outside;
  enum { kRoom = 4096 };
  pthread_t threads[kMostWorkers];
  for (int i = 0; i < workers; i++) {
    all[i] = (struct Waits){malloc(kRoom * sizeof(double)), 0, kRoom};
    pthread_create(&threads[i], NULL, Worker, &all[i]);
  }
  SleepMs(ms / 4);
  atomic_store(&phase, kMeasured);
  const double cpu = CpuSeconds();
  const uint64_t start = NowNs();
  SleepMs(ms);
  atomic_store(&phase, kOver);
  const double seconds = (double)(NowNs() - start) / 1e9;
  const double used = CpuSeconds() - cpu;
  for (int i = 0; i < workers; i++) pthread_join(threads[i], NULL);

  int sum = 0;
  for (int i = 0; i < workers; i++) sum += all[i].count;
  double* waits = malloc((size_t)sum * sizeof *waits);
  for (int i = 0, at = 0; i < workers; at += all[i++].count) {
    memcpy(waits + at, all[i].us, (size_t)all[i].count * sizeof *waits);
  }
  // Each had one more turn after it was over.
  const double turns = sum - workers;
  if (turns < 1) {
    fprintf(stderr, "Error: nobody got the lock\n");
    return 1;
  }
  BeginReport();
  Report("rate", turns / seconds);
  Report("p50", Quantile(waits, sum, 0.5));
  Report("p99", Quantile(waits, sum, 0.99));
  Report("most", Quantile(waits, sum, 1) / 1e3);
  Report("cpu", used / turns * 1e6);
  EndReport();
  return 0;
}
