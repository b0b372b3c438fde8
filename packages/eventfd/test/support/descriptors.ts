/** What the kernel tells of this process's descriptors. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** `/proc/self/fdinfo/N`; undefined when it is not open. */
function infoOf(fd: number | string): string | undefined {
  try {
    return readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1');
  } catch {
    return undefined;
  }
}

function field(info: string | undefined, name: string): string | undefined {
  return new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(info ?? '')?.[1];
}

/** The counter, which is printed in hexadecimal. */
export function counterOf(fd: number): bigint {
  return BigInt(`0x${field(infoOf(fd), 'eventfd-count')}`);
}

/** O_CLOEXEC, O_NONBLOCK and the like. */
export function flagsOf(fd: number): number {
  return Number.parseInt(field(infoOf(fd), 'flags') ?? '', 8);
}

/** What stays the same as long as the eventfd lives, and is never another's, unlike the number of the descriptor. */
export function identityOf(fd: number): string {
  const id = field(infoOf(fd), 'eventfd-id');
  if (id === undefined) throw new Error(`descriptor ${fd} is not an eventfd`);
  return id;
}

/** How many descriptors of this process are open for the eventfd. */
export function openFor(identity: string): number {
  return readdirSync('/proc/self/fd').filter((fd) => field(infoOf(fd), 'eventfd-id') === identity).length;
}

/** How many eventfds and epolls this process has open, Node's own among them. */
export function openForWaits(): number {
  const target = (fd: string) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return ''; // the directory that was just read
    }
  };
  return readdirSync('/proc/self/fd').filter((fd) => /^anon_inode:\[event(fd|poll)\]$/.test(target(fd))).length;
}
