/** Workers that all want one lock: how they are started together, and which locks there are. */
import type { Enter, Kind, Lock } from '../subjects/lock.js';
import { mutexes } from '../subjects/mutexes.js';
import { rwlocks } from '../subjects/rwlocks.js';
import { semaphoresOf } from '../subjects/semaphores.js';
import { busy, sleep } from './clock.js';
import { ready, start, type Thread } from './threads.js';

/** What the workers' common word says. */
export const Phase = { WAIT: 0, WARM_UP: 1, MEASURED: 2, TIMED: 3, OVER: 4 } as const;

/**
 * For each worker, before it is measured. V8 compiles for each of them anew, and each has but its share of the time: with
 * 150 ms for all, eight workers were still compiling when they were measured.
 */
export const WARM_UP_MS = 75;

/** How long they may take to come back once it is over. */
export const COME_BACK_MS = 1000;

/** A worker's part. */
export interface Seat {
  readonly subject: string;
  readonly kind: Kind;
  readonly payload: unknown;
  readonly phase: SharedArrayBuffer;
  readonly index: number;
  /** How long a worker stays inside, in microseconds. */
  readonly section: number;
  /** And between two sections, on average; 0 when it does not say. */
  readonly outside?: number;
  /** Of a hundred turns, how many only read; none when it does not say. */
  readonly readers?: number;
  /** What the case shares besides. */
  readonly shared?: SharedArrayBuffer | undefined;
}

function lockOf({ subject, kind }: Pick<Seat, 'subject' | 'kind'>): Lock {
  const lock = (kind === 'mutex' ? mutexes : kind === 'rwlock' ? rwlocks : semaphoresOf(kind))[subject];
  if (lock === undefined) throw new Error(`No lock of ${subject}`);
  return lock;
}

/** On a worker: attaches, waits for the others, and has what it takes to enter the lock for the length of a section. */
export async function takeSeat(seat: Seat): Promise<{ enter: Enter; section: () => void; phase: Int32Array }> {
  const enter = await lockOf(seat).attach(seat.payload);
  const phase = new Int32Array(seat.phase);
  const section = () => {
    if (seat.section > 0) busy(seat.section / 1000);
  };
  ready();
  Atomics.wait(phase, 0, Phase.WAIT);
  return { enter, section, phase };
}

export interface Contest {
  readonly threads: readonly Thread[];
  /** Moves all workers on. */
  go(phase: number): void;
  /**
   * What the workers return, once it is over. Undefined for one that does not come back: a wake-up was lost, and a lock
   * that hangs must not hang the process.
   */
  results(): Promise<unknown[]>;
}

export type Common = Omit<Seat, 'payload' | 'phase' | 'index'>;

/** @param name the export of `module` that the workers run, with a Seat */
export async function contest(module: string, name: string, workers: number, common: Common): Promise<Contest> {
  const phase = new SharedArrayBuffer(64);
  const payloadOf = await lockOf(common).open();
  const threads = Array.from({ length: workers }, (_, index) => {
    const { payload, transfer } = payloadOf();
    return start(module, name, { ...common, payload, phase, index } satisfies Seat, transfer);
  });
  await Promise.all(threads.map((thread) => thread.ready));
  const word = new Int32Array(phase);
  return {
    threads,
    go(to) {
      Atomics.store(word, 0, to);
      Atomics.notify(word, 0);
    },
    results() {
      const late = sleep(COME_BACK_MS);
      return Promise.all(threads.map(({ result }) => Promise.race([result, late])));
    },
  };
}
