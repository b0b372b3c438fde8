#define _GNU_SOURCE
#include "lock.h"

#include <pthread.h>
#include <semaphore.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "floor.h"

static enum { kMutex, kSem, kEventfd } kind;
static pthread_mutex_t mutex;
static sem_t sem;
static int fd;

int InitLock(const char* what, unsigned permits) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  if (strcmp(what, "adaptive") == 0) {
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ADAPTIVE_NP);
  } else if (strcmp(what, "sem") == 0) {
    kind = kSem;
  } else if (strcmp(what, "eventfd") == 0) {
    kind = kEventfd;
  } else if (strcmp(what, "normal") != 0) {
    return 0;
  }
  pthread_mutex_init(&mutex, &attributes);
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
    case kSem:
      sem_post(&sem);
      break;
    case kEventfd:
      if (write(fd, &one, sizeof one) < 0) abort();
  }
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
