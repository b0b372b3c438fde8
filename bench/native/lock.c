#define _GNU_SOURCE
#include "lock.h"

#include <pthread.h>
#include <semaphore.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "floor.h"

static enum { kMutex, kRwLock, kSem, kEventfd } kind;
static pthread_mutex_t mutex;
static pthread_rwlock_t rwlock;
static sem_t sem;
static int fd;

int InitLock(const char* what, unsigned permits) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_rwlockattr_t sharing;
  pthread_rwlockattr_init(&sharing);
  if (strcmp(what, "adaptive") == 0) {
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ADAPTIVE_NP);
  } else if (strcmp(what, "rwlock") == 0) {
    kind = kRwLock;
  } else if (strcmp(what, "rwlock-writers") == 0) {
    kind = kRwLock;
    pthread_rwlockattr_setkind_np(&sharing, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
  } else if (strcmp(what, "sem") == 0) {
    kind = kSem;
  } else if (strcmp(what, "eventfd") == 0) {
    kind = kEventfd;
  } else if (strcmp(what, "normal") != 0) {
    return 0;
  }
  pthread_mutex_init(&mutex, &attributes);
  pthread_rwlock_init(&rwlock, &sharing);
  sem_init(&sem, 0, permits);
  fd = eventfd(permits, EFD_CLOEXEC | EFD_SEMAPHORE);
  return 1;
}

void Lock(void) {
  uint64_t value;
  switch (kind) {
    case kMutex:
      pthread_mutex_lock(&mutex);
      break;
    case kRwLock:
      pthread_rwlock_wrlock(&rwlock);
      break;
    case kSem:
      while (sem_wait(&sem) != 0) {
      }
      break;
    case kEventfd:
      if (read(fd, &value, sizeof value) < 0) abort();
  }
}

void Unlock(void) {
  const uint64_t one = 1;
  switch (kind) {
    case kMutex:
      pthread_mutex_unlock(&mutex);
      break;
    case kRwLock:
      pthread_rwlock_unlock(&rwlock);
      break;
    case kSem:
      sem_post(&sem);
      break;
    case kEventfd:
      if (write(fd, &one, sizeof one) < 0) abort();
  }
}

void LockShared(void) {
  if (kind == kRwLock) {
    pthread_rwlock_rdlock(&rwlock);
  } else {
    Lock();
  }
}

void UnlockShared(void) {
  Unlock();
}

uint32_t RandomSeed(int seed) {
  return (uint32_t)seed * 0x9e3779b9u | 1;
}

double Random(uint32_t* state) {
  *state ^= *state << 13;
  *state ^= *state >> 17;
  *state ^= *state << 5;
  return (double)*state / 4294967296.0;
}

void Busy(uint64_t ns) {
  const uint64_t end = NowNs() + ns;
  while (NowNs() < end) {
  }
}

void SleepMs(int ms) {
  usleep((useconds_t)ms * 1000);
}

double Jain(const double* shares, int count) {
  double sum = 0, squares = 0;
  for (int i = 0; i < count; i++) {
    sum += shares[i];
    squares += shares[i] * shares[i];
  }
  return squares == 0 ? 0 : sum * sum / (count * squares);
}
