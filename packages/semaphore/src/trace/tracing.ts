/** Which trace this thread takes part in. */
import { openSync, writeSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
import { native, thisCopy } from 'eventfd/internal';
import type { Cell } from '../core/cell.js';
import type { Hold } from '../core/hold.js';
import { type HoldObserver, observeHolds } from '../core/observer.js';
import type { TraceFile } from './file.js';
import { Recorder } from './recorder.js';
import { SharedTrace } from './shared.js';

let current: Recorder | undefined;

/** Writes down what objects of this copy do, too. A thread has one recorder, or its lines would be drawn over each other. */
function recordWith(recorder: Recorder | undefined): void {
  current = recorder;
  if (recorder !== undefined) observeHolds((cell) => new HoldTracer(cell));
}

/** Whoever has evaluated this module before, over the same eventfd, is told as well. */
const tellOther = thisCopy.onRecorder;
thisCopy.onRecorder = (recorder) => {
  tellOther?.(recorder);
  recordWith(recorder as Recorder | undefined);
};

function tellCopies(recorder: Recorder | undefined): void {
  for (const each of native.copies()) each.onRecorder?.(recorder);
}

/** Watches one object. It outlives a trace, and serves the next one too. */
class HoldTracer implements HoldObserver {
  readonly #cell: Cell;

  constructor(cell: Cell) {
    this.#cell = cell;
  }

  here(): undefined {}

  acquired(hold: Hold): void {
    const { kind, handle, id: objectId } = this.#cell;
    const { count = 1, downgrade } = hold as { count?: number; downgrade?: unknown };
    const verb = kind !== 'RwLock' ? 'holds' : downgrade === undefined ? 'reads' : 'writes';
    current?.holdBegins(hold, { kind, name: handle.name, objectId }, verb, count);
  }

  split(_hold: Hold, part: Hold): void {
    this.acquired(part);
  }

  merged(_into: Hold, other: Hold): void {
    this.settled(other);
  }

  settled(hold: Hold): void {
    current?.holdEnds(hold);
  }
}

function takePart(shared: SharedTrace, fd: number): Recorder {
  const recorder = new Recorder(shared, fd);
  shared.enter(threadId);
  thisCopy.recorder = recorder;
  tellCopies(recorder);
  return recorder;
}

/** Begins a trace, and takes part in it. */
export function begin({ path, fd }: TraceFile): Recorder {
  writeSync(fd, '[\n');
  return takePart(SharedTrace.publish(path), fd);
}

/** Takes part in the trace that another copy of this package, or else the thread's parent, takes part in, if there is one. */
export function join(): boolean {
  const others = native.copies().map(({ recorder }) => recorder as Recorder | undefined);
  const other = others.find((recorder) => recorder?.shared.stopped === false);
  if (other !== undefined) {
    recordWith(other);
    return true;
  }
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
  thisCopy.recorder = undefined;
  tellCopies(undefined);
}
