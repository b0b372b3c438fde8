/** One thread's part in a trace: what it waits for and what it holds, as slices on a line of its own. */

import { type ChannelListener, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { closeSync, writeSync } from 'node:fs';
import process from 'node:process';
import { isMainThread, threadId, type Worker } from 'node:worker_threads';
import type { WaitMessage } from '../core/diagnostics.js';
import { titleOf } from '../core/identity.js';
import { warn } from '../core/warn.js';
import { LINES, type SharedTrace } from './shared.js';

/** What a trace event says of a shared object. */
interface Traced {
  readonly kind: string;
  readonly name: string | undefined;
  readonly objectId: string;
}

/** Lines have numbers that viewers take for thread ids: those of a thread stand together. */
const lineId = (thread: number, line: number) => (thread + 1) * 100 + line;

const title = ({ kind, name, objectId }: Traced) => titleOf(kind, name, objectId);

export class Recorder {
  readonly shared: SharedTrace;
  readonly #fd: number;
  #stopped = false;
  /** Bits of the lines that have a slice under way. */
  #open = 0;
  /** Lines that have been named. */
  #named = 0;
  /** Waits and holds that found no free line. */
  #undrawn = 0;
  readonly #waits = new Map<number, number>();
  readonly #holds = new WeakMap<object, number>();

  /** @param fd the file, to be appended to; closed at the end */
  constructor(shared: SharedTrace, fd: number) {
    this.shared = shared;
    this.#fd = fd;
    for (const [name, listener] of this.#listeners) subscribe(name, listener);
    process.on('worker', this.#onWorker);
  }

  /** It writes no more, and lets go of the file. What it is told afterwards is dropped. */
  end(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const [name, listener] of this.#listeners) unsubscribe(name, listener);
    process.off('worker', this.#onWorker);
    closeSync(this.#fd);
  }

  /**
   * The end of the file, once no thread writes any more. What is under way then is marked: a slice without an end, which
   * viewers draw as they like, could be a hold that was forgotten.
   */
  writeEnd(): void {
    const open = Array.from(this.shared.open(), ([thread, line]) =>
      this.#event('E', lineId(thread, line), undefined, { end: 'still open when the trace ended' }),
    );
    const last = this.#event('M', 0, 'process_name', { name: `node ${process.pid}` });
    writeSync(this.#fd, `${[...open, last].map((event) => JSON.stringify(event)).join(',\n')}\n]\n`);
  }

  holdBegins(hold: object, traced: Traced, verb: string, permits: number): void {
    const line = this.#begin('hold', `${verb} ${title(traced)}`, { permits });
    if (line !== undefined) this.#holds.set(hold, line);
  }

  holdEnds(hold: object): void {
    const line = this.#holds.get(hold);
    if (line === undefined) return;
    this.#holds.delete(hold);
    this.#end(line, {});
  }

  readonly #onWait = (message: unknown) => {
    const { id, method, permits, mode, priority, ...traced } = message as WaitMessage;
    const line = this.#begin('wait', `waits for ${title(traced)}`, {
      method,
      permits,
      ...(mode === undefined ? {} : { mode }),
      ...(priority > 0 ? { priority } : {}),
    });
    if (line !== undefined) this.#waits.set(id, line);
  };

  #onWaitEnd(end: string, { id }: WaitMessage): void {
    const line = this.#waits.get(id);
    if (line === undefined) return;
    this.#waits.delete(id);
    this.#end(line, { end });
  }

  readonly #onAbandoned = (message: unknown) => {
    this.#write(this.#instant(threadId, `${title(message as Traced)} was abandoned by its last owner`));
  };

  readonly #listeners: readonly (readonly [string, ChannelListener])[] = [
    ['eventfd:wait:start', this.#onWait],
    ...['granted', 'timeout', 'abort', 'refused'].map(
      (end) => [`eventfd:wait:${end}`, (message: unknown) => this.#onWaitEnd(end, message as WaitMessage)] as const,
    ),
    ['eventfd:abandoned', this.#onAbandoned],
  ];

  /** A worker of this thread cannot write down its own end. */
  readonly #onWorker = (worker: Worker) => {
    const thread = worker.threadId;
    worker.once('exit', () => {
      const lines = this.shared.leave(thread);
      if (lines === undefined) return;
      const ends = lines.map((line) => this.#event('E', lineId(thread, line), undefined, { end: 'its thread ended' }));
      this.#write(...ends, this.#instant(thread, 'thread ended'));
    });
  };

  /**
   * Begins a slice on the lowest free line of this thread. What a thread does one after the other stands on one line; what
   * it does at once, or holds while it waits, on lines below: slices that overlap and do not nest cannot share a line.
   */
  #begin(category: 'hold' | 'wait', name: string, args: object): number | undefined {
    const line = 31 - Math.clz32(~this.#open & (this.#open + 1));
    if (line >= LINES) {
      this.#undrawn += 1;
      this.#write(this.#event('C', lineId(threadId, 0), `not drawn, of thread ${threadId}`, { count: this.#undrawn }));
      return undefined;
    }
    this.#open |= 1 << line;
    this.shared.noteOpen(threadId, line);
    const id = lineId(threadId, line);
    // chrome://tracing knows colours by these names; others choose their own.
    const colour = { cname: category === 'hold' ? 'good' : 'terrible' };
    this.#write(...this.#naming(line), { ...this.#event('B', id, name, args), cat: category, ...colour });
    return line;
  }

  #end(line: number, args: object): void {
    this.#write(this.#event('E', lineId(threadId, line), undefined, args));
    this.#open &= ~(1 << line);
    this.shared.noteClosed(threadId, line);
  }

  /** What tells a viewer how to call a line and where to put it; once for each. */
  #naming(line: number): object[] {
    if (line < this.#named) return [];
    this.#named = line + 1;
    const id = lineId(threadId, line);
    const thread = isMainThread ? 'main thread' : `worker ${threadId}`;
    return [
      this.#event('M', id, 'thread_name', { name: line === 0 ? thread : `${thread}, line ${line + 1}` }),
      this.#event('M', id, 'thread_sort_index', { sort_index: id }),
    ];
  }

  #instant(thread: number, name: string): object {
    return { ...this.#event('i', lineId(thread, 0), name, {}), s: 't' };
  }

  #event(ph: string, tid: number, name: string | undefined, args: object): object {
    return { ph, pid: process.pid, tid, ts: this.shared.now(), name, args };
  }

  /** Appends events, in one write: a killed worker leaves whole lines. */
  #write(...events: object[]): void {
    if (this.#stopped) return;
    try {
      const lines = events.map((event) => `${JSON.stringify(event)},\n`).join('');
      if (!this.shared.whileRunning(threadId, () => writeSync(this.#fd, lines))) this.end();
    } catch (error) {
      // The disk is full, say. The program goes on without the trace.
      this.end();
      warn(`The trace to ${this.shared.file} ends here: ${(error as Error).message}`);
    }
  }
}
