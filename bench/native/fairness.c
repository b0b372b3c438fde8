// Who gets the lock how often, and how long each wait is. The twin of src/cases/fairness.ts.
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "floor.h"
#include "lock.h"

enum Phase { kWarmUp, kMeasured, kOver };

static _Atomic int phase;
static uint64_t section_ns;

static struct Waits {
  double* ms;
  int count;
  int turns;
  int most_turns;
} all[kMostWorkers];

static void* Worker(void* arg) {
  struct Waits* waits = arg;
  while (atomic_load_explicit(&phase, memory_order_relaxed) != kOver && waits->turns < waits->most_turns) {
    const uint64_t began = NowNs();
    Lock();
    const uint64_t inside = NowNs();
    const int during = atomic_load_explicit(&phase, memory_order_relaxed);
    Busy(section_ns);
    Unlock();
    // It may have begun before: who is never served began to wait in the warm-up.
    if (during != kWarmUp) waits->ms[waits->count++] = (double)(inside - began) / 1e6;
    if (during == kMeasured) waits->turns++;
  }
  return NULL;
}

int Fairness(const char* what, int workers, double section, int ms) {
  if (workers < 1 || workers > kMostWorkers || ms < 1 || section < 1000) return 2;
  if (!InitLock(what, 1)) return 2;
  section_ns = (uint64_t)section;
  // No worker is inside more often than this.
  const int most_turns = (int)(ms * 1e6 / section) + 1;
  pthread_t threads[kMostWorkers];
  for (int i = 0; i < workers; i++) {
    all[i] = (struct Waits){calloc((size_t)most_turns + 1, sizeof(double)), 0, 0, most_turns};
    pthread_create(&threads[i], NULL, Worker, &all[i]);
  }
  SleepMs(ms / 4);
  atomic_store(&phase, kMeasured);
  SleepMs(ms);
  atomic_store(&phase, kOver);
  for (int i = 0; i < workers; i++) pthread_join(threads[i], NULL);

  double shares[kMostWorkers], least = all[0].turns, turns = 0;
  int sum = 0;
  for (int i = 0; i < workers; i++) {
    shares[i] = all[i].turns;
    turns += shares[i];
    sum += all[i].count;
    if (shares[i] < least) least = shares[i];
  }
  if (turns == 0) {
    fprintf(stderr, "Error: nobody got the lock\n");
    return 1;
  }
  double* waits = malloc((size_t)sum * sizeof *waits);
  for (int i = 0, at = 0; i < workers; at += all[i++].count) {
    memcpy(waits + at, all[i].ms, (size_t)all[i].count * sizeof *waits);
  }
  BeginReport();
  Report("least", least * workers / turns);
  Report("jain", Jain(shares, workers));
  Report("p99", Quantile(waits, sum, 0.99));
  Report("most", Quantile(waits, sum, 1));
  EndReport();
  return 0;
}
