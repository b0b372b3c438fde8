/**
 * A server of known capacity behind a limit: tasks come at random (Poisson), up to `cores` of them run at full speed, and more
 * share the cores, at some cost for each that is too many. Deterministic: time and chance are the simulation's.
 */
import { Adaptive, Aimd, Gradient } from '../../dist/limit/algorithms.js';
import { randomOf } from './random.mjs';

export const CORES = 16;
/** The server becomes half as fast here. All times in milliseconds. */
export const STEP = 60_000;
export const END = 120_000;
/** When the limit has had time to settle, before the step and after it. */
export const SPANS = [
  [20_000, STEP],
  [80_000, END],
];
/** How long a task takes on a core of its own, on average. */
export const demandAt = (time) => (time < STEP ? 20 : 40);
/** Tasks a second that the cores can do, before the step. */
export const CAPACITY = (CORES / 20) * 1000;

const OVERHEAD = 0.002;
const MAX_WAITING = 50;

export const algorithms = {
  aimd: () => new Aimd(60),
  gradient: () => new Gradient(1),
};

/**
 * @param limit the fixed one, or where an algorithm begins
 * @param timeout a task that has run so long counts as timed out: overload
 */
export function simulate({
  seed,
  rate,
  limit,
  algorithm,
  max = 200,
  until = END,
  timeout = Infinity,
  demand = demandAt,
}) {
  const integer = randomOf(seed);
  const random = () => (integer(1_000_000) + 0.5) / 1_000_000;
  const adaptive = algorithm && new Adaptive(algorithm, 1, max, limit);
  const now = () => adaptive?.limit ?? limit;
  const running = [];
  const queue = [];
  const done = [];
  const limits = [];
  let refused = 0;
  let time = 0;
  const gap = () => -Math.log(random()) * (1000 / rate);
  let arrival = gap();

  const speed = () => {
    const cores = CORES / (1 + OVERHEAD * Math.max(0, running.length - CORES));
    return Math.min(1, cores / running.length);
  };
  const admit = () => {
    while (queue.length > 0 && running.length < now()) {
      const left = demand(time) * (0.5 + random());
      running.push({ came: queue.shift(), began: time, left, inUse: running.length + 1 });
    }
  };

  while (time < until) {
    const pace = speed();
    let first;
    for (const task of running) if (first === undefined || task.left < first.left) first = task;
    const end = first === undefined ? Infinity : time + first.left / pace;
    const next = Math.min(arrival, end);
    for (const task of running) task.left -= (next - time) * pace;
    time = next;
    if (next === arrival) {
      arrival = time + gap();
      if (running.length < now() || queue.length < MAX_WAITING) queue.push(time);
      else refused++;
    } else {
      running.splice(running.indexOf(first), 1);
      const latency = time - first.began;
      done.push({ time, total: time - first.came });
      adaptive?.add({ latency, inUse: first.inUse, overloaded: latency > timeout });
      if (limits.at(-1)?.limit !== now()) limits.push({ time, limit: now() });
    }
    admit();
  }
  return { done, refused, limits };
}

/** Tasks done a second, and the 99th percentile of what they took, their wait for a permit included. */
export function figures({ done }, [from, to]) {
  const totals = done.filter(({ time }) => time >= from && time < to).map(({ total }) => total);
  totals.sort((a, b) => a - b);
  return { throughput: (totals.length / (to - from)) * 1000, p99: totals[Math.floor(totals.length * 0.99)] };
}

/** Of all fixed limits the one with the best throughput; where several have it, within 1 %, the shortest p99. */
export function bestFixed({ seed, rate, span }) {
  const all = [];
  for (const limit of [8, 12, 16, 20, 24, 32, 48]) {
    all.push({ limit, ...figures(simulate({ seed, rate, limit, until: span[1] }), span) });
  }
  const most = Math.max(...all.map(({ throughput }) => throughput));
  return all.filter(({ throughput }) => throughput >= 0.99 * most).sort((a, b) => a.p99 - b.p99)[0];
}
