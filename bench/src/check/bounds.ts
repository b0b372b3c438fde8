/** The ratios that the project is held to. Both sides come from one run, in turns, and are compared round by round. */
import type { Point } from '../harness/types.js';

export interface Side {
  readonly subject: string;
  readonly metric: string;
  readonly point?: Point;
}

export type Limit = { readonly atMost: number } | { readonly atLeast: number };

export interface Bound {
  readonly what: string;
  readonly case: string;
  readonly point: Point;
  readonly ours: Side;
  /** Of several, the one that is hardest to meet. None: our figure itself is bounded. */
  readonly theirs: readonly Side[];
  /** The metric that says how many times it was tried, in all runs together. */
  readonly of?: string;
  readonly limit: Limit;
  /** What our own figure must be besides, by its median, whatever theirs is. */
  readonly itself?: Limit;
  /** What two rounds differ by at least, as a share, where that is not what times do. */
  readonly spread?: number;
  /** A figure below this counts as this: so little is nothing, and twice nothing is nothing. */
  readonly least?: number;
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

function absolute(what: string, id: string, metric: string, atMost: number, point = none): Bound {
  return { what, case: id, point, ours: side('ours', metric), theirs: [], limit: { atMost } };
}

function uncontended(theirs: string, atMost: number): Bound {
  return {
    what: 'uncontended tryAcquire + release',
    case: 'uncontended-sync',
    point: none,
    ours: side('ours', 'time'),
    theirs: [side(theirs, 'time')],
    limit: { atMost },
  };
}

/** The rate at a point, against the best of them. */
function rate(what: string, id: string, point: Point, theirs: readonly string[], atLeast: number): Bound {
  return {
    what,
    case: id,
    point,
    ours: side('ours', 'rate'),
    theirs: theirs.map((subject) => side(subject, 'rate')),
    limit: { atLeast },
  };
}

const WORKERS = [2, 4, 8];
const grid = (name: string, values: readonly number[]): Record<string, number>[] =>
  values.flatMap((value) => WORKERS.map((workers) => ({ [name]: value, workers })));
const sections = grid('section', [0, 1, 10, 100]);
const worked = grid('section', [1, 10, 100]);
const inside = ({ section, workers }: Record<string, number>) => `${section} us section, ${workers} workers`;
const reading = ({ readers, workers }: Record<string, number>) => `${readers} % readers, ${workers} workers`;
const working = ({ outside, workers }: Record<string, number>) =>
  `${outside} times as long outside, ${workers} workers`;

const ATOMICS = ['atomics', 'atomics-spin'];
const GLIBC = ['glibc-mutex', 'glibc-adaptive'];

/** After so long the head of a queue that was passed over is owed the lock; see docs/protocol.md. */
const FAIRNESS_INTERVAL_MS = 1;
const LONGEST_WAIT = { section: 10, workers: 8 };
/** What a first come, first served lock did before running threads could overtake for longer; of `Atomics.wait`. */
const FAIR_BEFORE = 0.46;
/** In microseconds: nobody waited. */
const NO_WAIT = 1;

const contended: readonly Bound[] = [
  ...sections.map((point) => rate(`contended mutex, ${inside(point)}`, 'contended', point, ATOMICS, 1)),
  ...worked.map((point) => rate(`contended mutex, ${inside(point)}`, 'contended', point, GLIBC, 0.95)),
  ...sections.map(
    (point): Bound => ({
      what: `Jain's index over 0.3 s, ${inside(point)}`,
      case: 'contended',
      point,
      ours: side('ours', 'fairness'),
      theirs: [side('atomics', 'fairness')],
      limit: { atLeast: 1 },
      itself: { atLeast: 0.9 },
      // An index ends at 1, and is there most of the time.
      spread: 0.002,
    }),
  ),
  absolute(
    `longest wait of any worker, ${inside(LONGEST_WAIT)}, ms`,
    'contended',
    'most',
    8 * FAIRNESS_INTERVAL_MS + 10,
    LONGEST_WAIT,
  ),
  ...WORKERS.map((workers) => {
    const point = { section: 1, workers };
    return rate(`contended mutex, ${inside(point)}`, 'contended', point, ['web-locks'], 20);
  }),
  {
    what: `contended mutex, fair: true, ${inside(LONGEST_WAIT)}`,
    case: 'contended',
    point: LONGEST_WAIT,
    ours: side('ours-fair', 'rate'),
    theirs: [side('atomics', 'rate')],
    limit: { atLeast: FAIR_BEFORE },
  },
  ...sections.map((point) =>
    rate(`contended semaphore of 2, ${inside(point)}`, 'contended-semaphore', point, ['atomics'], 1),
  ),
  ...grid('readers', [90, 50]).flatMap((point) => [
    rate(`contended RwLock, ${reading(point)}`, 'contended-rwlock', point, ATOMICS, 1),
    rate(`contended RwLock, ${reading(point)}`, 'contended-rwlock', point, ['glibc-rwlock'], 0.9),
  ]),
  ...grid('outside', [10, 100]).flatMap((point): Bound[] => [
    rate(`rarely contended, ${working(point)}`, 'rarely-contended', point, ATOMICS, 1),
    {
      what: `rarely contended, ${working(point)}: p99 of acquire`,
      case: 'rarely-contended',
      point,
      ours: side('ours', 'p99'),
      theirs: ATOMICS.map((subject) => side(subject, 'p99')),
      limit: { atMost: 1 },
      least: NO_WAIT,
    },
  ]),
];

const LEASED = {
  'ours-leased': 'Redis',
  'ours-leased-postgres': 'PostgreSQL',
  'ours-leased-machine': 'machine',
};

const leases: readonly Bound[] = [
  ...Object.entries(LEASED).flatMap(([subject, keeper]): Bound[] => [
    {
      what: `leased (${keeper}): uncontended await acquire(), and release`,
      case: 'lease',
      point: none,
      ours: side(subject, 'time'),
      theirs: [side('ours', 'time')],
      limit: { atMost: 1.1 },
    },
    {
      ...absolute(
        `leased (${keeper}): hand-over to another process, beyond two round trips, ms`,
        'lease-hand-over',
        'beyond',
        1,
      ),
      ours: side(subject, 'beyond'),
    },
  ]),
  {
    ...absolute('leased: commands to the server per 1,000 permits, at a steady load', 'lease-commands', 'commands', 10),
    ours: side('ours-leased', 'commands'),
  },
  {
    ...absolute('leased: commands of an idle process that are no renewals', 'lease-idle', 'idle', 0),
    ours: side('ours-leased', 'idle'),
  },
];

export const bounds: readonly Bound[] = [
  uncontended('atomics', 0.5),
  uncontended('wasm-alone', 1.6),
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
  handOff('hand-off-async', 'ours-parked', 'p50', 'c-epoll', 1.15),
  handOff('hand-off-async', 'ours-parked', 'cpu', 'c-epoll', 1.15),
  handOff('hand-off-async', 'ours-parked', 'p50', 'wait-async', 0.9),
  handOff('hand-off-async', 'ours-parked', 'p50', 'message-port', 0.9),
  handOff('hand-off-async', 'ours-parked', 'cpu', 'wait-async', 0.75),
  handOff('hand-off-async', 'ours-parked', 'cpu', 'message-port', 0.75),
  ...contended,
  {
    what: 'a grant with 100,000 waiters against 1,000',
    case: 'queue',
    point: { waiters: 100_000 },
    ours: side('ours', 'grant'),
    theirs: [side('ours', 'grant', { waiters: 1000 })],
    limit: { atMost: 1.5 },
  },
  {
    what: 'a grant with 100,000 waiters of eight priorities against 1,000',
    case: 'priorities',
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
  ...leases,
  absolute('named semaphore: uncontended tryAcquire + release, ns', 'names', 'time', 150),
  absolute('open of a name that is there, ns', 'names', 'open', 2000),
  absolute('a million keys locked in turn: what they leave, MB', 'names', 'left', 2),
  absolute('uncontended tryAcquire of a RateLimit, ns', 'rate', 'time', 50),
  absolute('error of a rate over 10 s with 8 threads, %', 'rate-together', 'error', 1),
  absolute('web lock: a hand-over takes longer than one of a fair Mutex by, us', 'web-locks', 'more', 2),
  ...(['time', 'available'] as const).map((metric) => ({
    what: `web lock: uncontended request${metric === 'available' ? ', ifAvailable' : ''}, against Node's; itself in ns`,
    case: 'web-locks',
    point: none,
    ours: side('ours', metric),
    theirs: [side('web-locks', metric)],
    limit: { atMost: 0.3 },
    itself: { atMost: 3000 },
  })),
  absolute('import of @eventfd/semaphore in a worker, above an empty one, ms', 'import', 'above', 15),
  absolute('16 workers blocked in sync waits, % of a core', 'idle', 'cpu', 1),
];
