import { resolve } from 'node:path';
import process from 'node:process';
import { requireString } from 'eventfd/internal';
import { openTraceFile } from './file.js';
import { begin, end, isTracing } from './tracing.js';

/** A trace under way, until `stop()`, the end of a `using` block, or the end of the thread that started it. */
export interface Trace {
  /** The file, as an absolute path. */
  readonly file: string;
  /** Stops it on every thread, and completes the file. Doing it twice is harmless. */
  stop(): void;
  /** The same, at the end of a `using` block. */
  [Symbol.dispose](): void;
}

/**
 * Writes down who holds and who waits, for https://ui.perfetto.dev and chrome://tracing: a file in Chrome's trace-event
 * format, with a line for each thread, on which every wait and every hold is a slice.
 *
 * Of this thread it shows the objects that are made or attached from now on, of the workers that are started from now on
 * all; so start it first, in the main thread. `EVENTFD_TRACE=file` in the environment does that without a change to the
 * program. What a worker did is in the file as soon as it is done, so nothing is lost when one is killed, and the file can
 * be opened at any time. Each slice costs two writes to the file; while there is no trace nothing is added to anything.
 *
 * @param file where to, overwritten when it exists; `%p` in it stands for the process id. Where another process is writing to
 *   it, the process id is put before its extension; the result's `file` says what became of it.
 * @throws TypeError `ERR_INVALID_ARG_TYPE`; Error `ERR_TRACE_RUNNING` when there is one under way; `ENOENT`, `EACCES` and
 *   the like when the file cannot be written
 */
export function startTrace(file: string): Trace {
  requireString('file', file);
  if (isTracing()) {
    throw Object.assign(new Error('A trace is under way in this thread: stop() it first'), {
      code: 'ERR_TRACE_RUNNING',
    });
  }
  return startTraceIn(file, false);
}

/** @param inherited see `openTraceFile` */
export function startTraceIn(name: string, inherited: boolean): Trace {
  const file = openTraceFile(resolve(name.replaceAll('%p', `${process.pid}`)), inherited);
  const recorder = begin(file);
  const stop = () => {
    process.off('exit', stop);
    end(recorder);
  };
  process.on('exit', stop);
  return { file: file.path, stop, [Symbol.dispose]: stop };
}
