import { Event, Semaphore } from '@eventfd/semaphore';
import { limitCalls } from '@eventfd/semaphore/limit';
import { startMetrics } from '@eventfd/semaphore/metrics';
import { locks } from '@eventfd/semaphore/web-locks';
import { type Attributes, metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { expect, onTestFinished, test } from 'vitest';

/** OpenTelemetry's own SDK, asked when the test wants to know. */
class Collector {
  readonly #exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  readonly provider = new MeterProvider({
    readers: [new PeriodicExportingMetricReader({ exporter: this.#exporter, exportIntervalMillis: 2 ** 31 - 1 })],
  });

  constructor() {
    onTestFinished(() => this.provider.shutdown());
  }

  /** What is collected now, by instrument: [attributes, value or count of a histogram]. */
  async collect(): Promise<Record<string, [Attributes, number][]>> {
    this.#exporter.reset();
    await this.provider.forceFlush();
    const all = this.#exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
    return Object.fromEntries(
      all.map(({ descriptor, dataPoints }) => [
        `${descriptor.name} ${descriptor.unit}`,
        dataPoints.map(({ attributes, value }) => [attributes, typeof value === 'number' ? value : value.count]),
      ]),
    );
  }
}

const named = (name: string) => ({ 'eventfd.object.name': name });

test('permits, and who waits, of all objects', async () => {
  const collector = new Collector();
  using _metrics = startMetrics({ meterProvider: collector.provider });
  using db = new Semaphore(3, { name: 'db' });
  using event = new Event({ name: 'news' });
  const permit = db.acquireSync({ permits: 2 });
  const waits = [db.acquire({ permits: 2 }), event.wait()];
  const idle = { ...named('db'), 'eventfd.semaphore.permit.state': 'idle' };
  const used = { ...named('db'), 'eventfd.semaphore.permit.state': 'used' };
  let seen = await collector.collect();
  expect(seen['eventfd.semaphore.permit.count {permit}']).toEqual([
    [idle, 1],
    [used, 2],
  ]);
  expect(seen['eventfd.semaphore.permit.max {permit}']).toEqual([[named('db'), 3]]);
  expect(seen['eventfd.object.pending_requests {request}']).toEqual([
    [{ ...named('db'), 'eventfd.object.kind': 'Semaphore' }, 1],
    [{ ...named('news'), 'eventfd.object.kind': 'Event' }, 1],
  ]);
  event.set();
  permit.release();
  await Promise.all(waits);
  using _same = new Semaphore(4, { name: 'db' });
  seen = await collector.collect();
  expect(seen['eventfd.semaphore.permit.count {permit}']).toEqual([
    [idle, 5],
    [used, 2],
  ]);
});

test('of a Web Lock that nobody wants any more nothing goes on being pending', async () => {
  const collector = new Collector();
  using _metrics = startMetrics({ meterProvider: collector.provider });
  using _event = new Event({ name: 'news' });
  const pending = async () => {
    const seen = await collector.collect();
    return seen['eventfd.object.pending_requests {request}']?.reduce((sum, [, waits]) => sum + waits, 0);
  };
  let giveBack = () => {};
  const over = new Promise<void>((resolve) => {
    giveBack = resolve;
  });
  let first: Promise<unknown> | undefined;
  await new Promise<void>((held) => {
    first = locks.request('report', () => {
      held();
      return over;
    });
  });
  const second = locks.request('report', () => {});
  await pending();
  giveBack();
  await Promise.all([first, second]);
  expect(await pending()).toBe(0);
});

test('what becomes of runs', async () => {
  const collector = new Collector();
  const started = startMetrics({ meterProvider: collector.provider, objects: false });
  using semaphore = new Semaphore(1, { name: 'api' });
  const limited = limitCalls(async (task: () => unknown) => task(), semaphore);
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const running = limited.run(() => gate);
  await expect(limited.run(() => 1, { timeout: 0 })).rejects.toMatchObject({ code: 'ERR_TIMEOUT' });
  const active = 'eventfd.limit.run.active {run}';
  expect((await collector.collect())[active]).toEqual([[named('api'), 1]]);
  open();
  await running;
  await expect(limited.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  const outcome = (what: string) => ({ ...named('api'), 'eventfd.limit.outcome': what });
  const ends = [
    [outcome('refused'), 1],
    [outcome('completed'), 1],
    [outcome('failed'), 1],
  ];
  const seen = await collector.collect();
  expect(seen).toEqual({
    [active]: [[named('api'), 0]],
    'eventfd.limit.run.count {run}': ends,
    'eventfd.limit.wait_time s': ends,
    'eventfd.limit.use_time s': ends.slice(1),
  });
  started.stop();
  started.stop();
  await limited.run(() => 1);
  expect((await collector.collect())['eventfd.limit.run.count {run}']).toEqual(ends);
});

test('without a provider, the global one', async () => {
  const collector = new Collector();
  metrics.setGlobalMeterProvider(collector.provider);
  onTestFinished(() => metrics.disable());
  using _metrics = startMetrics();
  using _semaphore = new Semaphore(2, { name: 'global' });
  expect((await collector.collect())['eventfd.semaphore.permit.max {permit}']).toEqual([[named('global'), 2]]);
});

test.each([
  [null, 'options'],
  [{ meterProvider: {} }, 'options.meterProvider'],
  [{ meterProvider: null }, 'options.meterProvider'],
  [{ objects: 1 }, 'options.objects'],
])('bad input: %o', (options, name) => {
  const refused = expect.objectContaining({
    code: 'ERR_INVALID_ARG_TYPE',
    message: expect.stringContaining(`"${name}"`),
  });
  expect(() => startMetrics(options as never)).toThrow(refused);
});
