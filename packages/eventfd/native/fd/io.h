#pragma once

#include <poll.h>

#include <cstdint>
#include <vector>

// Reads, writes and waits on any descriptor, none of which can sleep for longer than it is told: Worker.terminate()
// and process.exit() cannot interrupt native code. All return 0 or a negative errno. -EBUSY of a read or a write: it
// was not tried, since it might sleep and nothing could interrupt it.
namespace efd {

// A descriptor, or -EMFILE, -EINVAL, ...
int Create(uint32_t initval, int flags);

// Reads the 8 bytes of a counter. -EAGAIN: nothing to read now, whatever the descriptor's mode.
int TryRead(int fd, uint64_t* value);

// Adds to a counter. -EAGAIN: it does not fit now. On a blocking descriptor the kernel waits for room for up to
// `patience` ms before that; on a non-blocking one not at all.
int TryWrite(int fd, uint64_t value, int patience);

// 1, 0 or -EBADF.
int IsNonBlocking(int fd);

int SetNonBlocking(int fd);

// poll(2) for up to `ms`, together with `loop_fd`, the loop's own descriptor (-1: without it). *loop_has_work tells
// whether that one was readable: it is when the thread is to be terminated, and for many other reasons. A signal ends
// the wait early, with nothing ready.
int Poll(std::vector<pollfd>* polled, int loop_fd, int ms, bool* loop_has_work);

}  // namespace efd
