#pragma once

// What is done differently by each system: its `struct Os`, a file for each. Beside this, core/pages.h chooses memory,
// and loop/wakers.h how threads are woken.
//
//   member       what                                                        errors
//   -----------  ----------------------------------------------------------  -------------------------------
//   Cores        how many the process may use                                -
//   RandomBits   64 of them                                                  -
//   IsMapped     whether there is memory at an address                       true where it cannot tell
//   LockFile     takes a file's lock for as long as the descriptor is open   false only when it is another's
//   KeepLoaded   the addon stays in memory when Node lets go of it           -
//   OpenEdge     a descriptor that is readable once for each time that       -1 where there is none to be had
//                another becomes so
//   TakeEdge     it was readable, and is no longer                           -
//   CloseEdge    closes it                                                   -
//   Poll         poll(2) by nanoseconds; where wakers have descriptors       as poll(2)
#if defined(__linux__)
#include "os/linux.h"
#elif defined(__APPLE__)
#include "os/macos.h"
#elif defined(_WIN32)
#include "os/windows.h"
#else
#error "eventfd runs on Linux, macOS and Windows"
#endif
