/** The ratios that the project is held to. Both sides come from one run, in turns, and are compared round by round. */
import type { Point } from '../harness/types.js';

interface Side {
  readonly subject: string;
  readonly metric: string;
  readonly point?: Point;
}

export interface Bound {
  readonly what: string;
  readonly case: string;
  readonly point: Point;
  readonly ours: Side;
  /** Of several, the one that is hardest to meet. None: our figure itself is bounded. */
  readonly theirs: readonly Side[];
  /** The metric that says how many times it was tried, in all runs together. */
  readonly of?: string;
  readonly limit: { readonly atMost: number } | { readonly atLeast: number };
}

const none: Point = {};
const side = (subject: string, metric: string, point?: Point): Side =>
  point === undefined ? { subject, metric } : { subject, metric, point };

function handOff(id: string, ours: string, metric: string, theirs: string, atMost: number): Bound {
  const kind = id === 'hand-off-sync' ? 'sync' : 'async';
  const spin = ours === 'ours-parked' ? ', spin off' : '';
  const of = metric === 'cpu' ? 'CPU per round trip' : 'round trip';
  return {
    what: `${kind} hand-off${spin}: ${of}`,
    case: id,
    point: none,
    ours: side(ours, metric),
    theirs: [side(theirs, metric)],
    limit: { atMost },
  };
}

function contended(section: number, workers: number, theirs: readonly string[], atLeast: number): Bound {
  return {
    what: `contended mutex, ${section} us section, ${workers} workers`,
    case: 'contended',
    point: { section, workers },
    ours: side('ours', 'rate'),
    theirs: theirs.map((subject) => side(subject, 'rate')),
    limit: { atLeast },
  };
}

function absolute(what: string, id: string, metric: string, atMost: number): Bound {
  return { what, case: id, point: none, ours: side('ours', metric), theirs: [], limit: { atMost } };
}

const WORKERS = [2, 4, 8];

export const bounds: readonly Bound[] = [
  {
    what: 'uncontended tryAcquire + release',
    case: 'uncontended-sync',
    point: none,
    ours: side('ours', 'time'),
    theirs: [side('glibc-sem', 'time')],
    limit: { atMost: 1.25 },
  },
  {
    what: 'uncontended await acquire(), and release',
    case: 'uncontended-async',
    point: none,
    ours: side('ours', 'time'),
    theirs: [side('promise', 'time')],
    limit: { atMost: 1.25 },
  },
  handOff('hand-off-sync', 'ours', 'p50', 'atomics', 0.25),
  handOff('hand-off-sync', 'ours-parked', 'p50', 'c-eventfd', 1.1),
  handOff('hand-off-async', 'ours', 'p50', 'wait-async', 0.3),
  handOff('hand-off-async', 'ours', 'p50', 'message-port', 0.25),
  handOff('hand-off-async', 'ours', 'cpu', 'wait-async', 0.5),
  handOff('hand-off-async', 'ours', 'cpu', 'message-port', 0.5),
  handOff('hand-off-async', 'ours-parked', 'p50', 'wait-async', 0.9),
  handOff('hand-off-async', 'ours-parked', 'p50', 'message-port', 0.9),
  handOff('hand-off-async', 'ours-parked', 'cpu', 'wait-async', 0.75),
  handOff('hand-off-async', 'ours-parked', 'cpu', 'message-port', 0.75),
  ...WORKERS.map((workers) => contended(1, workers, ['atomics'], 2.5)),
  ...WORKERS.map((workers) => contended(1, workers, ['glibc-mutex', 'glibc-adaptive'], 1)),
  ...WORKERS.map((workers) => contended(1, workers, ['web-locks'], 20)),
  ...WORKERS.map((workers) => contended(0, workers, ['atomics'], 1.5)),
  {
    what: 'a grant with 100,000 waiters against 1,000',
    case: 'queue',
    point: { waiters: 100_000 },
    ours: side('ours', 'grant'),
    theirs: [side('ours', 'grant', { waiters: 1000 })],
    limit: { atMost: 1.5 },
  },
  absolute('shared memory of each of a million semaphores, bytes', 'memory', 'shared', 64),
  { ...absolute('terminations at random points: permits lost', 'terminations', 'lost', 0), of: 'terminations' },
  { ...absolute('terminations at random points: waiters stuck', 'terminations', 'stuck', 0), of: 'terminations' },
  absolute('waiter served after its holder ended, p99, ms', 'death', 'p99', 5),
  absolute('terminate() of a worker blocked in a sync wait, longest, ms', 'terminate', 'most', 100),
  absolute('16 workers blocked in sync waits, % of a core', 'idle', 'cpu', 1),
];
