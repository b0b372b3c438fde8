#pragma once

#include <errno.h>
#include <sys/file.h>

namespace efd {

// By flock(2): its owner is the open file, and it ends with that.
inline bool LockOpenFile(int fd) {
  return flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

}  // namespace efd
