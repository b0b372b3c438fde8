/**
 * How many at once: what `adapt` decides by. No clock, no chance and no semaphore here, so that a simulation can decide the same.
 *
 * The ideas are of TCP and of Netflix's concurrency-limits; its known defects are tests of this one: a limit that climbs while
 * everything times out, one that follows a baseline that it has raised itself, and one that grows while it is not used.
 */

/** One run that had its permit. */
export interface Sample {
  /** In milliseconds, of a run whose task returned; undefined of one that says nothing of how long a task takes. */
  readonly latency: number | undefined;
  /** Permits in use when it began, its own among them. */
  readonly inUse: number;
  readonly overloaded: boolean;
}

/** The samples since the last decision. */
export class Window {
  readonly latencies: number[] = [];
  count = 0;
  overloads = 0;
  /** The most permits that were in use. */
  highest = 0;

  add({ latency, inUse, overloaded }: Sample): void {
    this.count++;
    if (overloaded) this.overloads++;
    else if (latency !== undefined) this.latencies.push(latency);
    if (inUse > this.highest) this.highest = inUse;
  }
}

export interface Algorithm {
  /** How many samples make a window. */
  size(limit: number): number;
  /** The limit from here on; a fraction counts, though only whole permits are given out. */
  next(limit: number, window: Window): number;
}

/** A window of fewer samples says little. */
const LEAST_SAMPLES = 20;
/** So large a share of a window is overload. */
const OVERLOAD = 0.1;
const BACKOFF = 0.9;

/** Only a limit that was reached has shown anything. */
const wasReached = (limit: number, window: Window) => window.highest >= Math.floor(limit);

/** Additive increase, multiplicative decrease: one more for each window in which all was well, a tenth less for one that was not. */
export class Aimd implements Algorithm {
  readonly #target: number;

  /** @param target the latency, in milliseconds, above which a run counts as overload */
  constructor(target: number) {
    this.#target = target;
  }

  size(limit: number): number {
    return Math.max(LEAST_SAMPLES, limit);
  }

  next(limit: number, window: Window): number {
    const late = window.latencies.filter((latency) => latency > this.#target).length;
    if (window.overloads + late > OVERLOAD * window.count) return limit * BACKOFF;
    return wasReached(limit, window) ? limit + 1 : limit;
  }
}

/** Windows between two looks at the baseline. */
const PROBE_EVERY = 250;
/** How much longer than the baseline a run may take before the limit is lowered. */
const TOLERANCE = 1.5;
const SMOOTHING = 0.2;
/** A step down in a probe that shortens runs by less has found how long they take where nobody queues. */
const SHORTER = 0.8;

interface Probe {
  /** The limit before the step, and the latency. */
  readonly back: number;
  readonly before: number;
  /** The window in which those end that began before the step. */
  settling: boolean;
}

/**
 * The latency against its own long-term level. That level, the baseline, is measured where nobody queues: now and then the limit
 * is halved, and again as long as that makes runs shorter. So it cannot drift with the queue that the limit itself lets in.
 */
export class Gradient implements Algorithm {
  readonly #min: number;
  #baseline: number | undefined;
  #windows = 0;
  #probe: Probe | undefined;

  constructor(min: number) {
    this.#min = min;
  }

  size(limit: number): number {
    return Math.max(LEAST_SAMPLES, this.#probe?.settling ? this.#probe.back : limit);
  }

  next(limit: number, window: Window): number {
    if (window.overloads > OVERLOAD * window.count) {
      this.#probe = undefined;
      return limit * BACKOFF;
    }
    if (window.latencies.length === 0) return limit;
    const latency = median(window.latencies);
    if (this.#probe !== undefined) return this.#measure(this.#probe, limit, latency);
    this.#baseline ??= latency;
    // By little, since the shortest of many medians is shorter than what runs take.
    if (latency < this.#baseline) this.#baseline += (latency - this.#baseline) * 0.1;
    this.#windows++;
    const reached = wasReached(limit, window);
    // A limit that is not reached decides nothing: no need to make anybody wait for a measurement.
    if (this.#windows >= PROBE_EVERY && reached) return this.#step(limit, latency);

    const gradient = Math.min(1, Math.max(0.5, (TOLERANCE * this.#baseline) / latency));
    const wanted = limit * gradient + (reached ? Math.sqrt(limit) : 0);
    const smooth = limit + (wanted - limit) * SMOOTHING;
    return reached ? smooth : Math.min(limit, smooth);
  }

  #measure(probe: Probe, limit: number, latency: number): number {
    if (probe.settling) {
      probe.settling = false;
      return limit;
    }
    // All queued before the step, or half of them: it was far too many, and perhaps still is.
    if (latency < probe.before * SHORTER && limit > this.#min) return this.#step(limit, latency);
    this.#baseline = latency;
    this.#probe = undefined;
    this.#windows = 0;
    return probe.back;
  }

  #step(limit: number, latency: number): number {
    this.#probe = { back: limit, before: latency, settling: true };
    return Math.max(this.#min, limit / 2);
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}

/** Keeps an algorithm's limit within bounds, window by window. */
export class Adaptive {
  readonly #algorithm: Algorithm;
  readonly #min: number;
  readonly #max: number;
  #window = new Window();
  #limit: number;

  constructor(algorithm: Algorithm, min: number, max: number, limit: number) {
    this.#algorithm = algorithm;
    this.#min = min;
    this.#max = max;
    this.#limit = Math.min(max, Math.max(min, limit));
  }

  /** In whole permits. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  add(sample: Sample): void {
    this.#window.add(sample);
    if (this.#window.count < this.#algorithm.size(this.limit)) return;
    const next = this.#algorithm.next(this.#limit, this.#window);
    this.#limit = Math.min(this.#max, Math.max(this.#min, next));
    this.#window = new Window();
  }
}
