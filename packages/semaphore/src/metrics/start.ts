import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type Attributes, type BatchObservableResult, type MeterProvider, metrics } from '@opentelemetry/api';
import { invalidArgType, native, requireBoolean, requireOptions } from 'eventfd/internal';
import { statesOf } from '../inspect.js';
import type { RunMessage } from '../pools/figures.js';

/** Options of `startMetrics`. */
export interface MetricsOptions {
  /** Whose meter the instruments are of; the global one by default. */
  meterProvider?: MeterProvider | undefined;
  /**
   * Whether the objects of the process are observed, which `inspect()` finds at each collection: true by default. They are
   * everybody's, so it should be so on one thread, and false on others that have limits.
   */
  objects?: boolean | undefined;
}

/** Until it is stopped. */
export interface Metrics extends Disposable {
  /** Records and observes nothing any more. Twice is harmless. */
  stop(): void;
}

/**
 * Makes the instruments, and keeps them up to date: those of objects when they are collected, those of limits as the runs of
 * this thread end.
 *
 * They follow OpenTelemetry's semantic conventions for pools of connections (`db.client.connection.*`), permits in the place of
 * connections:
 *
 * | instrument | kind, unit | attributes |
 * |---|---|---|
 * | `eventfd.semaphore.permit.count` | UpDownCounter, `{permit}` | `eventfd.object.name`, `eventfd.semaphore.permit.state`: `idle`, `used` |
 * | `eventfd.semaphore.permit.max` | UpDownCounter, `{permit}` | `eventfd.object.name` |
 * | `eventfd.object.pending_requests` | UpDownCounter, `{request}` | `eventfd.object.name`, `eventfd.object.kind` |
 * | `eventfd.limit.run.active` | UpDownCounter, `{run}` | `eventfd.object.name` |
 * | `eventfd.limit.run.count` | Counter, `{run}` | `eventfd.object.name`, `eventfd.limit.outcome`: `completed`, `failed`, `refused`, `timed out`, `aborted` |
 * | `eventfd.limit.wait_time`, `eventfd.limit.use_time` | Histogram, `s` | the same; the second only of runs that got a permit |
 *
 * Objects of the same kind and name are added up, those without a name too. Events of SharedAbortControllers are among them. Web Locks are
 * not: they come and go with their names, and of what came once an SDK goes on to export the last that was observed.
 *
 * @throws TypeError `ERR_INVALID_ARG_TYPE`
 */
export function startMetrics(options: MetricsOptions = {}): Metrics {
  requireOptions(options);
  const { meterProvider = metrics.getMeterProvider(), objects = true } = options;
  requireBoolean('options.objects', objects);
  if (typeof Object(meterProvider).getMeter !== 'function') {
    throw invalidArgType('options.meterProvider', 'a MeterProvider', meterProvider);
  }
  const ends = [observeRuns(meterProvider), ...(objects ? [observeObjects(meterProvider)] : [])];
  const stop = () => {
    for (const end of ends.splice(0)) end();
  };
  return { stop, [Symbol.dispose]: stop };
}

const METER = '@eventfd/semaphore';

function nameOf(name: string | undefined): Attributes {
  return name === undefined ? {} : { 'eventfd.object.name': name };
}

/** Adds up what has the same attributes: an observation says how much there is of them. */
class Sums {
  readonly #sums = new Map<string, { readonly attributes: Attributes; value: number }>();

  add(attributes: Attributes, value: number): void {
    const key = JSON.stringify(attributes);
    const sum = this.#sums.get(key);
    if (sum === undefined) this.#sums.set(key, { attributes, value });
    else sum.value += value;
  }

  get all() {
    return this.#sums.values();
  }
}

function observeObjects(provider: MeterProvider): () => void {
  const meter = provider.getMeter(METER);
  const permits = { unit: '{permit}' };
  const count = meter.createObservableUpDownCounter('eventfd.semaphore.permit.count', {
    ...permits,
    description: 'Permits that are held, and that are free',
  });
  const max = meter.createObservableUpDownCounter('eventfd.semaphore.permit.max', {
    ...permits,
    description: 'Permits there are',
  });
  const pending = meter.createObservableUpDownCounter('eventfd.object.pending_requests', {
    unit: '{request}',
    description: 'Waits in the queue',
  });
  const instruments = [count, max, pending];

  const observe = (result: BatchObservableResult) => {
    const sums = new Map(instruments.map((instrument) => [instrument, new Sums()]));
    for (const { kind, name, state, waiters } of statesOf(native.inspect())) {
      const named = nameOf(name);
      sums.get(pending)?.add({ ...named, 'eventfd.object.kind': kind }, waiters.length);
      if (kind !== 'Semaphore') continue;
      const { available, permits: all } = state as { available: number; permits: number };
      // After a shrink that waits for holders, fewer than none are free.
      const idle = Math.max(0, available);
      sums.get(count)?.add({ ...named, 'eventfd.semaphore.permit.state': 'idle' }, idle);
      sums.get(count)?.add({ ...named, 'eventfd.semaphore.permit.state': 'used' }, all - available);
      sums.get(max)?.add(named, all);
    }
    for (const [instrument, { all }] of sums) {
      for (const { attributes, value } of all) result.observe(instrument, value, attributes);
    }
  };
  meter.addBatchObservableCallback(observe, instruments);
  return () => meter.removeBatchObservableCallback(observe, instruments);
}

function observeRuns(provider: MeterProvider): () => void {
  const meter = provider.getMeter(METER);
  const active = meter.createUpDownCounter('eventfd.limit.run.active', {
    unit: '{run}',
    description: 'Runs that have their permit',
  });
  const count = meter.createCounter('eventfd.limit.run.count', { unit: '{run}', description: 'Runs that have ended' });
  const wait = meter.createHistogram('eventfd.limit.wait_time', {
    unit: 's',
    description: 'How long runs waited for a permit',
  });
  const use = meter.createHistogram('eventfd.limit.use_time', {
    unit: 's',
    description: 'How long runs had their permit',
  });
  /** Runs that were seen to get a permit, by id: those that began before are not counted. */
  const started = new Set<number>();

  const onStart = (message: unknown) => {
    const { id, name } = message as RunMessage;
    started.add(id);
    active.add(1, nameOf(name));
  };
  const onEnd = (message: unknown) => {
    const { id, name, waited, ran, outcome } = message as RunMessage;
    const attributes = { ...nameOf(name), 'eventfd.limit.outcome': `${outcome}` };
    count.add(1, attributes);
    wait.record(waited / 1000, attributes);
    if (!started.delete(id)) return;
    active.add(-1, nameOf(name));
    use.record(ran / 1000, attributes);
  };
  subscribe('eventfd:limit:start', onStart);
  subscribe('eventfd:limit:end', onEnd);
  return () => {
    unsubscribe('eventfd:limit:start', onStart);
    unsubscribe('eventfd:limit:end', onEnd);
  };
}
