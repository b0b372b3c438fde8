/** What the process takes up, as the kernel and V8 tell, and whether that stays as it was. */
import { readdirSync, readlinkSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { inspect } from '@eventfd/semaphore';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

const MB = 2 ** 20;
/** RSS may differ by so much between a quarter of the run and another: allocators return memory when they like. */
const RSS_TOLERANCE = 0.1;
/** Before the garbage collectors and the allocator have found their sizes, there is nothing to compare. */
const SHORTEST_TO_JUDGE_MS = 120_000;

/** What each descriptor of this process is open for. */
function openFor() {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return []; // the directory that was just read
    }
  });
}

/**
 * Node opens the modules that a worker imports, and leaves them open when the worker is terminated meanwhile, as those
 * of a pool may be; docs/lifecycle.md. They are counted apart from what else is open.
 */
const isModule = (target) => /\.(m|c)?js$|\.json$/.test(target);

/** Descriptors and threads of this process now. */
export function kernelCounts() {
  const targets = openFor();
  const modules = targets.filter(isModule).length;
  return { descriptors: targets.length - modules, modules, threads: readdirSync('/proc/self/task').length };
}

/** What is open now, and how often; for a complaint to name. */
export function openByTarget() {
  const counts = {};
  for (const target of openFor()) counts[target] = (counts[target] ?? 0) + 1;
  return counts;
}

/** @param arena the memory that all shared objects are in */
export function vitals(arena) {
  collectGarbage();
  const objects = inspect();
  const sum = (list) => objects.reduce((total, each) => total + each[list].length, 0);
  return {
    rss: process.memoryUsage.rss() / MB,
    heap: process.memoryUsage().heapUsed / MB,
    arena: arena.buffer.byteLength / 1024,
    objects: objects.length,
    holders: sum('holders'),
    waiters: sum('waiters'),
    ...kernelCounts(),
  };
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** The samples of one run: is the last quarter like the second? The first is left out: everything is made then. */
export class Course {
  #samples = [];

  add(sample) {
    this.#samples.push(sample);
  }

  /** Medians of a quarter, 0 to 3. */
  quarter(which) {
    const { length } = this.#samples;
    const part = this.#samples.slice(Math.floor((which * length) / 4), Math.ceil(((which + 1) * length) / 4));
    const keys = Object.keys(part[0] ?? {});
    return Object.fromEntries(keys.map((key) => [key, median(part.map((sample) => sample[key]))]));
  }

  /** What is not flat, in words. */
  complaints(durationMs) {
    if (durationMs < SHORTEST_TO_JUDGE_MS) return [];
    const [second, last] = [this.quarter(1), this.quarter(3)];
    const complaints = [];
    const most = second.rss * (1 + RSS_TOLERANCE);
    if (last.rss > most) {
      const bound = `${most.toFixed(1)} MB, a tenth more than the second`;
      complaints.push(`RSS was ${last.rss.toFixed(1)} MB in the last quarter, above ${bound}`);
    }
    if (last.arena > second.arena) {
      complaints.push(`the arena grew from ${second.arena} kB in the second quarter to ${last.arena} kB in the last`);
    }
    return complaints;
  }

  /** A table: a line a figure, a column a quarter. */
  table() {
    const quarters = [0, 1, 2, 3].map((which) => this.quarter(which));
    const names = {
      rss: 'RSS, MB',
      heap: 'heap of the main thread, MB',
      arena: 'arena, kB',
      modules: 'left open by Node',
    };
    return Object.keys(quarters[0]).map((key) => {
      const cells = quarters.map((quarter) =>
        quarter[key].toFixed(key === 'rss' || key === 'heap' ? 1 : 0).padStart(9),
      );
      return `  ${(names[key] ?? key).padEnd(28)}${cells.join('')}`;
    });
  }
}
