// The locks of the cases in which workers contend.
#pragma once

#include <stdint.h>

enum { kMostWorkers = 64 };

// `what`: normal, adaptive (mutexes), rwlock, rwlock-writers, sem, eventfd (semaphores of so many permits). 0 when
// there is no such lock.
int InitLock(const char* what, unsigned permits);
void Lock(void);
void Unlock(void);
// With other readers, where the lock is a rwlock.
void LockShared(void);
void UnlockShared(void);

// Keeps the thread busy for so long by the clock, as src/measure/clock.ts does.
void Busy(uint64_t ns);
void SleepMs(int ms);
// From 0 to 1, the same in every run: what src/measure/random.ts draws.
uint32_t RandomSeed(int seed);
double Random(uint32_t* state);
// 1 when all had the same, 1/n when one had all.
double Jain(const double* shares, int count);
