/** Which trace this thread takes part in. */
import { openSync, writeSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
import type { Cell } from '../core/cell.js';
import type { Hold } from '../core/hold.js';
import { type HoldObserver, observeHolds } from '../core/observer.js';
import type { TraceFile } from './file.js';
import { Recorder } from './recorder.js';
import { SharedTrace } from './shared.js';

let current: Recorder | undefined;

/** Watches one object. It outlives a trace, and serves the next one too. */
class HoldTracer implements HoldObserver {
  readonly #cell: Cell;

  constructor(cell: Cell) {
    this.#cell = cell;
  }

  here(): undefined {}

  acquired(hold: Hold): void {
    const { kind, handle, offset } = this.#cell;
    const { count = 1, downgrade } = hold as { count?: number; downgrade?: unknown };
    const verb = kind !== 'RwLock' ? 'holds' : downgrade === undefined ? 'reads' : 'writes';
    current?.holdBegins(hold, { kind, name: handle.name, cell: offset }, verb, count);
  }

  settled(hold: Hold): void {
    current?.holdEnds(hold);
  }
}

function takePart(shared: SharedTrace, fd: number): Recorder {
  current = new Recorder(shared, fd);
  shared.enter(threadId);
  observeHolds((cell) => new HoldTracer(cell));
  return current;
}

/** Begins a trace, and takes part in it. */
export function begin({ path, fd }: TraceFile): Recorder {
  writeSync(fd, '[\n');
  return takePart(SharedTrace.publish(path), fd);
}

/** Takes part in the trace that the thread's parent takes part in, if there is one under way. */
export function join(): boolean {
  const shared = SharedTrace.published();
  if (shared === undefined || shared.stopped) return false;
  takePart(shared, openSync(shared.file, 'a'));
  return true;
}

export const isTracing = (): boolean => current !== undefined && !current.shared.stopped;

/** Ends the trace on every thread. Doing it twice is harmless. */
export function end(recorder: Recorder): void {
  if (recorder.shared.stopped) return;
  // Where a thread may still be writing, the file is left without its end, which the format allows.
  if (recorder.shared.stop()) recorder.writeEnd();
  recorder.end();
}
