// The C floor: what the same work costs without JavaScript. Each case prints one line of JSON, as the Node
// processes do.
#pragma once

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

enum { kLine = 64 };

uint64_t NowNs(void);
// CPU time of the whole process, in seconds.
double CpuSeconds(void);
// Sorts `values`; `share` from 0 to 1.
double Quantile(double* values, int count, double share);

// {"figures":{...},"cpu":...}: begin, any number of figures, end.
void BeginReport(void);
void Report(const char* name, double value);
void EndReport(void);

int Uncontended(const char* what);
int HandOff(const char* what, int rounds);
int Contended(const char* what, int workers, double section_ns, int ms, int permits, int percent_of_readers);
int Rarely(const char* what, int workers, double section_ns, double outside_ns, int ms);
int Fairness(const char* what, int workers, double section_ns, int ms);
