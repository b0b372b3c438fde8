#include "floor.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

uint64_t NowNs(void) {
  struct timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

double CpuSeconds(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static int Compare(const void* a, const void* b) {
  const double x = *(const double*)a, y = *(const double*)b;
  return (x > y) - (x < y);
}

double Quantile(double* values, int count, double share) {
  qsort(values, (size_t)count, sizeof *values, Compare);
  const int at = (int)(share * count);
  return values[at < count ? at : count - 1];
}

static int reported;

void BeginReport(void) {
  printf("{\"figures\":{");
}

void Report(const char* name, double value) {
  printf("%s\"%s\":%.6g", reported++ == 0 ? "" : ",", name, value);
}

void EndReport(void) {
  printf("},\"cpu\":%.6f}\n", CpuSeconds());
}

int main(int argc, char** argv) {
  const char* name = argc > 1 ? argv[1] : "";
  const char* what = argc > 2 ? argv[2] : "";
  if (argc == 3 && strcmp(name, "uncontended") == 0) return Uncontended(what);
  if (argc == 4 && strcmp(name, "handoff") == 0) return HandOff(what, atoi(argv[3]));
  if (argc == 8 && strcmp(name, "contended") == 0)
    return Contended(what, atoi(argv[3]), atof(argv[4]), atoi(argv[5]), atoi(argv[6]), atoi(argv[7]));
  if (argc == 7 && strcmp(name, "rarely") == 0)
    return Rarely(what, atoi(argv[3]), atof(argv[4]), atof(argv[5]), atoi(argv[6]));
  if (argc == 6 && strcmp(name, "fairness") == 0) return Fairness(what, atoi(argv[3]), atof(argv[4]), atoi(argv[5]));
  fprintf(stderr, "usage: floor uncontended|handoff|contended|rarely|fairness WHAT ...\n");
  return 2;
}
