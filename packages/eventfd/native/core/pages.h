#pragma once

// Memory that goes back to the kernel when it is let go of. What comes from the heap may stay with the process, behind
// whatever was allocated after it. `struct Pages` has
//
//   Map(bytes)            zeroed, and aligned for anything; ends the process, as `new` does here, when there is none
//   Unmap(memory, bytes)  all that one call of the others gave
//   Reserve(bytes)        addresses without memory, to be committed from the front as it is needed; null when there are
//                         none
//   Commit(start, bytes)  of what is reserved; some of it may be committed already; false when the kernel has no more
#ifdef _WIN32
#include "os/pages_windows.h"
#else
#include "os/pages_unix.h"
#endif
