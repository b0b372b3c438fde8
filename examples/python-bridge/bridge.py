"""The other end: an eventfd asks no more of a language than to read and write 8 bytes."""

import os
import select
import struct

REQUESTS, ANSWERS, LIMIT = 3, 4, 5


def read(fd):
    """Waits with select, since the descriptors are non-blocking, as Node's event loop needs them."""
    while True:
        select.select([fd], [], [])
        try:
            return struct.unpack("=Q", os.read(fd, 8))[0]  # from Python 3.10 on: os.eventfd_read(fd)
        except BlockingIOError:
            pass  # the other process was faster


def write(fd, value):
    os.write(fd, struct.pack("=Q", value))  # from Python 3.10 on: os.eventfd_write(fd, value)


for _ in range(5):
    write(ANSWERS, read(REQUESTS) ** 2)

read(REQUESTS)  # begin
for _ in range(100):
    read(LIMIT)  # takes a permit
    write(LIMIT, 1)  # gives it back
print("python: took 100 permits")
