/** Leases are for Linux: its clock goes on while the machine sleeps, and tells what every process of the machine agrees on. */
import process from 'node:process';

/** @throws Error `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM` */
export function requireLinux(): void {
  if (process.platform === 'linux') return;
  const message = `Leases need Linux's clock of what a machine has slept (/proc/uptime), and this is ${process.platform}: a Semaphore limits within one process, and works here`;
  throw Object.assign(new Error(message), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
}
