/** What /proc says of the process that is looked into. */
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import process from 'node:process';
import { Failure } from './failure.js';

const SIGUSR1 = 10n;

export class Target {
  readonly pid: number;
  /** Where the process has our addon from. Whoever requires that gets what is loaded. */
  readonly addon: string;

  private constructor(pid: number, addon: string) {
    this.pid = pid;
    this.addon = addon;
  }

  /** @throws Failure when it is not one that can be looked into, before anything is sent to it */
  static of(pid: number): Target {
    const read = (file: string) => {
      try {
        return readFileSync(`/proc/${pid}/${file}`, 'utf8');
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'ENOENT' || code === 'ESRCH') throw new Failure(`there is no process ${pid}`);
        throw new Failure(`/proc/${pid}/${file} cannot be read: ${code}`);
      }
    };
    const status = read('status');
    const owner = Number(/^Uid:\s+(\d+)/m.exec(status)?.[1]);
    if (owner !== process.getuid?.()) {
      throw new Failure(
        `process ${pid} is of the user ${owner}, and you are ${process.getuid?.()}: run this as that user`,
      );
    }
    const addons = Array.from(read('maps').matchAll(/ (\/\S.*\.node)$/gm), ([, path]) => path as string);
    const addon = addons.find((path) => /\/eventfd\.node$|\/eventfd\/prebuilds\//.test(path));
    if (addon === undefined) {
      throw new Failure(`process ${pid} has not loaded @eventfd/semaphore: no eventfd addon is in /proc/${pid}/maps`);
    }
    // Who does not catch the signal is ended by it: Node without its handler (--disable-sigusr1), or no Node at all.
    const caught = BigInt(`0x${/^SigCgt:\s+([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
    if (((caught >> (SIGUSR1 - 1n)) & 1n) === 0n) {
      throw new Failure(
        `process ${pid} does not listen to SIGUSR1, which would end it: was it started with --disable-sigusr1?`,
      );
    }
    return new Target(pid, addon);
  }

  /** The ports on which the process listens, of IPv4 and IPv6. */
  ports(): Set<number> {
    const sockets = new Set<string>();
    for (const fd of readdirSync(`/proc/${this.pid}/fd`)) {
      try {
        const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${this.pid}/fd/${fd}`))?.[1];
        if (inode !== undefined) sockets.add(inode);
      } catch {
        // It was closed meanwhile.
      }
    }
    const ports = new Set<number>();
    for (const table of ['tcp', 'tcp6']) {
      for (const row of this.#read(`net/${table}`).split('\n').slice(1)) {
        const [, local = '', , state, , , , , , inode = ''] = row.trim().split(/\s+/);
        if (state === '0A' && sockets.has(inode)) ports.add(Number.parseInt(local.split(':').at(-1) ?? '', 16));
      }
    }
    return ports;
  }

  get alive(): boolean {
    return statSync(`/proc/${this.pid}`, { throwIfNoEntry: false }) !== undefined;
  }

  #read(file: string): string {
    try {
      return readFileSync(`/proc/${this.pid}/${file}`, 'utf8');
    } catch {
      return '';
    }
  }
}
