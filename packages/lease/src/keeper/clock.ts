/** CLOCK_BOOTTIME, which goes on while the machine is suspended; clock_gettime(2). Timers do not: they are only wake-ups. */
import { openSync, readSync } from 'node:fs';

export interface Clock {
  /** Milliseconds. */
  now(): number;
}

/** /proc/uptime says it in steps of 10 ms, rounded down: what is sent seems to have been sent a little earlier than it was. */
export function bootClock(): Clock {
  const fd = openSync('/proc/uptime', 'r');
  const bytes = Buffer.alloc(64);
  return {
    now() {
      const length = readSync(fd, bytes, 0, bytes.length, 0);
      return Math.round(Number.parseFloat(bytes.toString('latin1', 0, length)) * 1000);
    },
  };
}
