// Workers take one lock as fast as they can: nothing but the section lies between an unlock and the next lock. The twin
// of src/measure/contend.ts.
#include <pthread.h>

#include "floor.h"
#include "lock.h"

// As many turns are drawn beforehand, and come again.
enum { kTurns = 1024 };
enum Phase { kWarmUp, kMeasured, kTimed, kOver };

static struct {
  _Alignas(64) _Atomic uint64_t done;
  uint64_t longest_ns;
} counters[kMostWorkers];

static _Atomic int phase;
static uint64_t section_ns;
static uint64_t measured_ns;
static int readers;

// A section looks at the clock in any case. A wait is from the end of one to the beginning of the next. Returns the phase.
static int Section(uint64_t* left, uint64_t* longest) {
  uint64_t clock = NowNs();
  const int during = atomic_load_explicit(&phase, memory_order_relaxed);
  if (during != kWarmUp && clock - *left > *longest) *longest = clock - *left;
  const uint64_t end = clock + section_ns;
  while (clock < end) clock = NowNs();
  *left = clock;
  return during;
}

static void* Worker(void* arg) {
  const int self = (int)(intptr_t)arg;
  uint32_t random = RandomSeed(self + 1);
  char reads[kTurns];
  for (int i = 0; i < kTurns; i++) reads[i] = Random(&random) * 100 < readers;
  // With no section it looks at the clock only when waits are timed, after the rate was measured.
  int timed = section_ns > 0;
  int during = kWarmUp;
  uint64_t left = NowNs(), longest = 0;
  for (uint64_t done = 1; during != kOver; done++) {
    if (!timed && during == kTimed) {
      timed = 1;
      left = NowNs();
    }
    const int shared = reads[done % kTurns];
    if (shared) {
      LockShared();
    } else {
      Lock();
    }
    during = timed ? Section(&left, &longest) : atomic_load_explicit(&phase, memory_order_relaxed);
    if (shared) {
      UnlockShared();
    } else {
      Unlock();
    }
    atomic_store_explicit(&counters[self].done, done, memory_order_relaxed);
  }
  // Not served once while waits were timed: so long at least.
  counters[self].longest_ns = timed ? longest : measured_ns;
  return NULL;
}

static void Look(uint64_t* at, int workers) {
  for (int i = 0; i < workers; i++) at[i] = atomic_load(&counters[i].done);
}

int Contended(const char* what, int workers, double section, int ms, int permits, int percent) {
  if (workers < 1 || workers > kMostWorkers || ms < 1 || permits < 1) return 2;
  if (!InitLock(what, (unsigned)permits)) return 2;
  section_ns = (uint64_t)section;
  measured_ns = (uint64_t)ms * 1000000;
  readers = percent;

  pthread_t threads[kMostWorkers];
  for (int i = 0; i < workers; i++) pthread_create(&threads[i], NULL, Worker, (void*)(intptr_t)i);
  SleepMs(ms / 2);
  uint64_t from[kMostWorkers], to[kMostWorkers];
  atomic_store(&phase, kMeasured);
  const double cpu = CpuSeconds();
  const uint64_t start = NowNs();
  Look(from, workers);
  SleepMs(ms);
  Look(to, workers);
  const double seconds = (double)(NowNs() - start) / 1e9;
  const double used = CpuSeconds() - cpu;
  if (section_ns == 0) {
    atomic_store(&phase, kTimed);
    SleepMs(ms);
  }
  atomic_store(&phase, kOver);
  for (int i = 0; i < workers; i++) pthread_join(threads[i], NULL);

  double shares[kMostWorkers], sum = 0;
  uint64_t most = 0;
  for (int i = 0; i < workers; i++) {
    sum += shares[i] = (double)(to[i] - from[i]);
    if (counters[i].longest_ns > most) most = counters[i].longest_ns;
  }
  BeginReport();
  Report("rate", sum / seconds);
  Report("cpu", used / sum * 1e6);
  Report("fairness", Jain(shares, workers));
  Report("most", (double)most / 1e6);
  EndReport();
  return 0;
}
