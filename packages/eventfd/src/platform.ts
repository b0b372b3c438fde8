/**
 * What this machine and this runtime can do of it, decided before the addon is loaded: what libuv lacks elsewhere ends the
 * process when it is called, and no error can be made of that.
 */
import { endianness } from 'node:os';
import process from 'node:process';

const NARROW = new Set(['arm', 'ia32', 'mips', 'mipsel', 'ppc', 'riscv32', 's390', 'x32']);

/** `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM`, as Node has it. */
export function unavailable(message: string, options?: ErrorOptions): Error {
  return Object.assign(new Error(message, options), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
}

/** Throws when nothing of the package works here. @throws Error `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM` */
export function requirePlatform(): void {
  const { deno } = process.versions;
  if (deno !== undefined) {
    throw unavailable(
      `eventfd does not run in Deno ${deno}: a worker that is terminated while it waits would never end there. Run this program with Node`,
    );
  }
  if (endianness() !== 'LE') {
    throw unavailable(
      `eventfd does not run on ${process.arch}: its shared memory is little-endian, as WebAssembly has it, and this machine is not`,
    );
  }
  if (NARROW.has(process.arch)) {
    throw unavailable(
      `eventfd does not run on ${process.arch}, which has 32 bits: use a Node of 64 bits (x64 or arm64)`,
    );
  }
}

/** Where there is no eventfd(2), or Node's ways to wait for one are missing; undefined where all is there. */
export function placeWithoutEventFd(): string | undefined {
  if (process.platform !== 'linux') return process.platform;
  const { bun } = process.versions;
  return bun === undefined ? undefined : `Bun ${bun}, which cannot watch a descriptor`;
}

/** What Python's functions, `EventFd` and `FdSemaphore` throw there, when they are used. */
export function noEventFd(place: string): Error {
  return unavailable(
    `eventfd(2) needs Linux and Node, and this is ${place}: a Semaphore limits, a Signal counts wake-ups, an Event tells; they work here`,
  );
}
