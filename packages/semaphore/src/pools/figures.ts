/** What a limit has seen: counts, histograms, and channels of `node:diagnostics_channel` that tell of each run. */
import { channel } from 'node:diagnostics_channel';
import { createHistogram, type Histogram, type RecordableHistogram } from 'node:perf_hooks';
import { threadId } from 'node:worker_threads';
import { native } from 'eventfd/internal';
import type { Semaphore } from '../semaphore.js';

/** How a run ended. */
export type RunOutcome = 'completed' | 'failed' | 'refused' | 'timed out' | 'aborted';

/** What `stats()` gives: figures of one limit, since it was made, on the thread that made it. */
export interface LimitStats {
  /** Runs that wait for a permit now. */
  readonly waiting: number;
  /** Runs that have their permit now, those that wait for a worker among them. */
  readonly running: number;
  /** Runs whose task returned. */
  readonly completed: number;
  /** Runs whose task threw, or whose pool did. */
  readonly failed: number;
  /** Runs that got no permit: no more may wait, or not so long, or the semaphore is closed. */
  readonly refused: number;
  /** Runs that `runTimeout` ended. */
  readonly timedOut: number;
  /** Runs that their signal ended, while they waited or ran. */
  readonly aborted: number;
  /** From the call of `run` to the permit, in nanoseconds, of all that got one. The live histogram, as of perf_hooks. */
  readonly waitTimes: Histogram;
  /** From the permit to the end, in nanoseconds, a wait for a worker included. The live histogram. */
  readonly runTimes: Histogram;
}

/** What the channels `eventfd:limit:start` (it has its permit) and `eventfd:limit:end` publish. */
export interface RunMessage {
  /** The same in both messages of a run, and unique in its thread. */
  readonly id: number;
  readonly threadId: number;
  /** The name of the semaphore. */
  readonly name: string | undefined;
  /** The `id` of the semaphore. */
  readonly objectId: string;
  readonly permits: number;
  /** From the call of `run` to the permit, or to the end of one that got none; in milliseconds. */
  readonly waited: number;
  /** From the permit to the end, in milliseconds; 0 at the start, and where there was no permit. */
  readonly ran: number;
  /** At the end. */
  readonly outcome: RunOutcome | undefined;
}

const started = channel('eventfd:limit:start');
const ended = channel('eventfd:limit:end');

const counters = {
  completed: 'completed',
  failed: 'failed',
  refused: 'refused',
  'timed out': 'timedOut',
  aborted: 'aborted',
} as const;

export class Figures {
  readonly #counts = { completed: 0, failed: 0, refused: 0, timedOut: 0, aborted: 0 };
  readonly #waitTimes: RecordableHistogram = createHistogram();
  readonly #runTimes: RecordableHistogram = createHistogram();
  running = 0;

  /** A run begins. */
  run(semaphore: Semaphore, permits: number): RunFigures {
    return new RunFigures(this, semaphore, permits);
  }

  /** @internal */
  noteStart(waited: number): void {
    this.running++;
    record(this.#waitTimes, waited);
  }

  /** @internal */
  noteEnd(outcome: RunOutcome, ran: number | undefined): void {
    this.#counts[counters[outcome]]++;
    if (ran !== undefined) record(this.#runTimes, ran);
  }

  stats(waiting: number): LimitStats {
    const { running } = this;
    return { waiting, running, ...this.#counts, waitTimes: this.#waitTimes, runTimes: this.#runTimes };
  }
}

/** Of one run. */
export class RunFigures {
  readonly #all: Figures;
  readonly #semaphore: Semaphore;
  readonly #permits: number;
  readonly #id = nextRunId();
  readonly #begun = native.now();
  #waited: number | undefined;

  constructor(all: Figures, semaphore: Semaphore, permits: number) {
    this.#all = all;
    this.#semaphore = semaphore;
    this.#permits = permits;
  }

  /** It has its permit. */
  start(): void {
    this.#waited = native.now() - this.#begun;
    this.#all.noteStart(this.#waited);
    if (started.hasSubscribers) started.publish(this.#message(this.#waited, 0, undefined));
  }

  /** How long it ran, in milliseconds. */
  end(outcome: RunOutcome): number {
    const all = native.now() - this.#begun;
    const ran = this.#waited === undefined ? undefined : all - this.#waited;
    this.#all.noteEnd(outcome, ran);
    if (ended.hasSubscribers) ended.publish(this.#message(this.#waited ?? all, ran ?? 0, outcome));
    return ran ?? 0;
  }

  /** Its permit goes back. */
  release(): void {
    this.#all.running--;
  }

  #message(waited: number, ran: number, outcome: RunOutcome | undefined): RunMessage {
    const { name, id: objectId } = this.#semaphore;
    return { id: this.#id, threadId, name, objectId, permits: this.#permits, waited, ran, outcome };
  }
}

function nextRunId(): number {
  native.counts.runs = (native.counts.runs ?? 0) + 1;
  return native.counts.runs;
}

/** Of milliseconds, in nanoseconds; a histogram begins at 1. */
function record(histogram: RecordableHistogram, ms: number): void {
  histogram.record(Math.max(1, Math.round(ms * 1e6)));
}
