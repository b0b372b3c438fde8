/**
 * One pass over all files, in a process of its own: the peak of its memory is that of this pass alone. The parent sends the
 * job, and gets what came of it.
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { digestInPool, type PoolOptions, type PoolRun } from './pool.js';
import { progress } from './progress.js';
import { bundlesOf, type File } from './walk.js';

export interface Job extends PoolOptions {
  readonly what: string;
  readonly dir: string;
  readonly files: readonly File[];
}

export interface Pass extends PoolRun {
  readonly peakBytes: number;
}

/** Both passes find the files in the page cache, and neither pays for reading them from a disk. */
function readOnce(dir: string, files: readonly File[]): void {
  const buffer = Buffer.alloc(2 ** 20);
  for (const { path } of files) {
    try {
      const descriptor = openSync(join(dir, path), 'r');
      while (readSync(descriptor, buffer) > 0);
      closeSync(descriptor);
    } catch {
      // A worker will say so.
    }
  }
}

/** The most memory that this process had at a time; of the process itself, which `resourceUsage` is not sure to be. */
function peakBytes(): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
}

process.once('message', async ({ what, dir, files, ...options }: Job) => {
  readOnce(dir, files);
  const bundles = bundlesOf(files);
  const shown = progress(what, bundles.length);
  const run = await digestInPool(dir, bundles, options, () => shown.step());
  shown.end();
  process.send?.({ ...run, peakBytes: peakBytes() } satisfies Pass, () => process.disconnect());
});
