/** What `limit(pool, [semaphore, rate])` promises, of every pool. */
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { RateLimit, Semaphore } from '@eventfd/semaphore';
import { limitCalls } from '@eventfd/semaphore/limit';
import { describe, expect, test } from 'vitest';
import { giveBack } from '../../dist/rate-limit.js';
import { until, within } from '../support/deadline.js';
import { type LimitedBy, pools } from './adapters.js';

/** A token an hour: while a test runs there comes none but those that it gives. */
const HOUR = 3_600_000;
const slow = (burst: number, more = {}) => new RateLimit({ limit: 1, interval: HOUR, burst, name: 'slow', ...more });
const inHours = (hours: number) => expect.closeTo(hours * HOUR, -5);

describe.each(Object.entries(pools))('%s', (_name, { make }) => {
  test('a run takes a permit, which comes back, and one of the rate, which is spent', async () => {
    const semaphore = new Semaphore(2);
    const rate = slow(3);
    const limited = make(1, [semaphore, rate], { permitsOf: () => 2 });
    expect(await limited.run('echo', 1)).toBe(1);
    expect([semaphore.available, rate.available]).toEqual([2, 2]);
    await expect(limited.run('fail', 'why not')).rejects.toThrow('why not');
    expect([semaphore.available, rate.available]).toEqual([2, 1]);
  });

  test('who waits for the rate holds no permit meanwhile, and leaves nothing when it is aborted or too late', async () => {
    const semaphore = new Semaphore(1, { name: 'one' });
    const rate = slow(1);
    const limited = make(1, [semaphore, rate], { maxWaiting: 1 });
    await limited.run('echo', 1);
    const late = limited.run('echo', 2, { timeout: 1000 });
    const message = expect.stringMatching(/Semaphore "one" and RateLimit "slow" did not happen within 1000 ms/);
    await expect(late).rejects.toMatchObject({ code: 'ERR_TIMEOUT', message, retryAfter: inHours(1) });
    const abort = new AbortController();
    const waiting = limited.run('echo', 3, { signal: abort.signal });
    await until('it to wait for the rate', () => rate.waiting === 1);
    expect([semaphore.available, semaphore.waiting, limited.waiting]).toEqual([1, 0, 1]);
    await expect(limited.run('echo', 4)).rejects.toMatchObject({ code: 'ERR_QUEUE_FULL' });
    abort.abort('why');
    await expect(waiting).rejects.toBe('why');
    expect([semaphore.available, rate.waiting, limited.waiting]).toEqual([1, 0, 0]);
    expect(limited.stats()).toMatchObject({ completed: 1, refused: 2, aborted: 1, running: 0 });
  });

  test('who waits for a permit has spent nothing meanwhile', async () => {
    const semaphore = new Semaphore(1);
    const rate = slow(1);
    const limited = make(1, [semaphore, rate]);
    const permit = semaphore.acquireSync();
    await expect(limited.run('echo', 1, { timeout: 1 })).rejects.toMatchObject({ code: 'ERR_TIMEOUT' });
    const waiting = limited.run('echo', 2);
    await until('it to wait for the permit', () => semaphore.waiting === 1);
    expect([rate.available, rate.waiting]).toEqual([1, 0]);
    permit.release();
    expect(await within('the run', waiting)).toBe(2);
    expect([semaphore.available, rate.available]).toEqual([1, 0]);
  });

  test('one whose turn at the rate comes while there is no permit gives it back, and waits for the permit', async () => {
    const semaphore = new Semaphore(1);
    const rate = slow(1);
    const limited = make(1, [semaphore, rate]);
    await limited.run('echo', 1);
    const waiting = limited.run('echo', 2);
    await until('it to wait for the rate', () => rate.waiting === 1);
    const permit = semaphore.acquireSync();
    giveBack(rate);
    await until('what it was granted to be there again', () => rate.available === 1 && semaphore.waiting === 1);
    permit.release();
    expect(await within('the run', waiting)).toBe(2);
    expect([semaphore.available, rate.available]).toEqual([1, 0]);
  });

  test.each<[string, unknown]>([
    ['semaphore[0]', [slow(1), slow(1)]],
    ['semaphore[1]', [new Semaphore(1), new Semaphore(1)]],
    ['semaphore[1]', [new Semaphore(1)]],
    ['semaphore[0]', []],
    ['semaphore', slow(1)],
  ])('bad input: %s', (name, limits) => {
    const message = expect.stringContaining(`"${name}"`);
    expect(() => make(1, limits as LimitedBy)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE', message }),
    );
  });
});

test('nothing else is to be given beside them', () => {
  const limits = [new Semaphore(1), slow(1), slow(1)] as never;
  expect(() => limitCalls(() => 1, limits)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
});

test('a rate for each key', async () => {
  const rates = { a: slow(1), b: slow(1) };
  const semaphore = new Semaphore(1);
  const limited = limitCalls(async (key: 'a' | 'b') => key, [() => semaphore, (key) => rates[key]]);
  expect([await limited.run('a'), await limited.run('b')]).toEqual(['a', 'b']);
  await expect(limited.run('a', { timeout: 1 })).rejects.toMatchObject({ retryAfter: inHours(1) });
  const other = limitCalls(async () => 1, [semaphore, () => semaphore as never]);
  await expect(other.run(0)).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
  expect(semaphore.available).toBe(1);
});

test('a rate that is closed ends who waits for it, and who comes; no permit is kept', async () => {
  const semaphore = new Semaphore(1);
  const rate = slow(1);
  const limited = limitCalls(async () => 1, [semaphore, rate]);
  await limited.run(0);
  const waiting = expect(limited.run(0)).rejects.toMatchObject({ code: 'ERR_RATELIMIT_CLOSED' });
  await until('it to wait for the rate', () => rate.waiting === 1);
  rate.close();
  await waiting;
  await expect(limited.run(0)).rejects.toMatchObject({ code: 'ERR_RATELIMIT_CLOSED' });
  expect(semaphore.available).toBe(1);
});

test('a reason to abort that looks like a timeout is the reason', async () => {
  const semaphore = new Semaphore(1);
  const limited = limitCalls(async () => 1, [semaphore, slow(1)]);
  await limited.run(0);
  const abort = new AbortController();
  const reason = Object.assign(new Error('own'), { code: 'ERR_TIMEOUT' });
  const waiting = limited.run(0, { signal: abort.signal });
  await turn();
  abort.abort(reason);
  await expect(waiting).rejects.toBe(reason);
});

test('a hundred runs through both, as both become free in turn: at most so many at once, one of the rate each', async () => {
  const semaphore = new Semaphore(2);
  const rate = new RateLimit({ limit: 500, interval: 1000, burst: 5 });
  let [inside, highest] = [0, 0];
  const limited = limitCalls(
    async (turns: number) => {
      highest = Math.max(highest, ++inside);
      for (let i = 0; i < turns; i++) await turn();
      inside--;
    },
    [semaphore, rate],
  );
  const runs = Array.from({ length: 100 }, (_, i) => limited.run(i % 20 === 0 ? 200 : 1));
  await within('the runs', Promise.all(runs), semaphore);
  expect(highest).toBe(2);
  expect([semaphore.available, semaphore.waiting, rate.waiting, limited.waiting]).toEqual([2, 0, 0, 0]);
});

test('a thread that ends while it waits for either leaves both queues, and holds nothing', async () => {
  const semaphore = new Semaphore(1);
  const rate = slow(1);
  const start = () => {
    const workerData = { semaphore, rate };
    return new Worker(new URL('fixtures/limited.mjs', import.meta.url), { workerData });
  };
  const permit = semaphore.acquireSync();
  const forPermit = start();
  await until('it to wait for the permit', () => semaphore.waiting === 1);
  await forPermit.terminate();
  expect([semaphore.waiting, rate.available]).toEqual([0, 1]);
  permit.release();
  rate.tryAcquire();
  const forRate = start();
  await until('it to wait for the rate', () => rate.waiting === 1);
  await forRate.terminate();
  expect([semaphore.available, rate.waiting]).toEqual([1, 0]);
  const last = start();
  const exited = once(last, 'exit'); // which may be told right after the message, before whoever awaits that goes on
  await until('another to wait for the rate', () => rate.waiting === 1);
  giveBack(rate);
  expect(await once(last, 'message')).toEqual(['begun']);
  await exited;
  expect(semaphore.available).toBe(1);
});
