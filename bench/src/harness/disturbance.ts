/** What else the machine did while a process ran, by /proc/stat. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Disturbance } from './types.js';

/** A tenth of a second of somebody else's work on a core, in every second. */
const MOST_OTHERS = 0.1;
const MOST_STEAL = 0.01;
/** The unit of /proc/stat: USER_HZ, which Linux fixes at 100. */
const TICKS_PER_SECOND = 100;

interface Clock {
  readonly busy: number;
  readonly steal: number;
  readonly wall: number;
  readonly own: number;
}

export function parseStat(text: string): { busy: number; steal: number } {
  const cpu = /^cpu +(.+)$/m.exec(text);
  if (cpu?.[1] === undefined) throw new Error('/proc/stat has no line for the whole machine');
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = cpu[1].split(' ').map(Number);
  return { busy: (user + nice + system + irq + softirq) / TICKS_PER_SECOND, steal: steal / TICKS_PER_SECOND };
}

export function look(): Clock {
  const { user, system } = process.cpuUsage();
  return {
    ...parseStat(readFileSync('/proc/stat', 'utf8')),
    wall: performance.now() / 1000,
    own: (user + system) / 1e6,
  };
}

/** @param measured seconds of CPU that the measured process itself used */
export function since(before: Clock, measured: number): Disturbance {
  const now = look();
  const wall = now.wall - before.wall;
  const own = now.own - before.own + measured;
  return {
    others: Math.max(0, now.busy - before.busy - own) / wall,
    steal: (now.steal - before.steal) / (wall * availableParallelism()),
  };
}

export function isDisturbed({ others, steal }: Disturbance): boolean {
  return others > MOST_OTHERS || steal > MOST_STEAL;
}
