import { Semaphore } from '@eventfd/semaphore';
import { type AdaptOptions, adapt, limitCalls, RunTimeoutError } from '@eventfd/semaphore/limit';
import { expect, test } from 'vitest';

class Busy extends Error {}
const isOverload = (error: unknown) => error instanceof Busy;

function limited(semaphore: Semaphore, runTimeout?: number) {
  return limitCalls(
    async (how: 'well' | 'busy' | 'broken') => {
      if (how === 'busy') throw new Busy();
      if (how === 'broken') throw new Error('of its own');
    },
    semaphore,
    { runTimeout },
  );
}

/** As many at once as there are, so that the limit is reached. */
async function runs(limit: ReturnType<typeof limited>, count: number, how: 'well' | 'busy' | 'broken') {
  await Promise.allSettled(Array.from({ length: count }, () => limit.run(how)));
}

test('runs that end well raise the limit, and overload lowers it, between min and max', async () => {
  const semaphore = new Semaphore(4);
  const limit = limited(semaphore);
  const adaptation = adapt(limit, { min: 3, max: 6, isOverload });
  await runs(limit, 20, 'well');
  expect([adaptation.limit, semaphore.permits]).toEqual([5, 5]);
  await runs(limit, 100, 'well');
  expect([adaptation.limit, semaphore.permits, semaphore.available]).toEqual([6, 6, 6]);
  await runs(limit, 40, 'broken');
  expect(semaphore.permits).toBe(6);
  await runs(limit, 200, 'busy');
  expect([adaptation.limit, semaphore.permits, semaphore.available]).toEqual([3, 3, 3]);
  adaptation.stop();
  adaptation.stop();
  await runs(limit, 100, 'well');
  expect(semaphore.permits).toBe(3);
});

test('a limit that is not reached is not raised', async () => {
  const semaphore = new Semaphore(4);
  const limit = limited(semaphore);
  using adaptation = adapt(limit, { min: 1, max: 100, isOverload });
  for (let i = 0; i < 100; i++) await limit.run('well');
  expect([adaptation.limit, semaphore.permits]).toEqual([4, 4]);
});

test('time limits count as overload', async () => {
  const semaphore = new Semaphore(4);
  const limit = limitCalls(
    (_task: number, signal) =>
      new Promise<void>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
    semaphore,
    { runTimeout: 1 },
  );
  using adaptation = adapt(limit, { min: 2, max: 10 });
  const ended = await Promise.allSettled(Array.from({ length: 60 }, (_, i) => limit.run(i)));
  expect(ended.every((each) => each.status === 'rejected' && each.reason instanceof RunTimeoutError)).toBe(true);
  expect(adaptation.limit).toBeLessThan(4);
});

test('the permits are brought between min and max at once, and what others add stays', async () => {
  const semaphore = new Semaphore(20);
  const limit = limited(semaphore);
  using _adaptation = adapt(limit, { min: 1, max: 8, algorithm: 'gradient' });
  expect(semaphore.permits).toBe(8);
  semaphore.grow(5);
  await runs(limit, 400, 'well');
  expect(semaphore.permits).toBeGreaterThan(5);
});

test.each<[object, string, string]>([
  [{ min: 0, max: 1 }, 'ERR_OUT_OF_RANGE', 'options.min'],
  [{ min: 2, max: 1 }, 'ERR_OUT_OF_RANGE', 'options.max'],
  [{ min: 1 }, 'ERR_INVALID_ARG_TYPE', 'options.max'],
  [{ min: 1, max: 9, isOverload }, 'ERR_OUT_OF_RANGE', 'options.max'],
  [{ min: 1, max: 2 }, 'ERR_INVALID_ARG_VALUE', 'options.target'],
  [{ min: 1, max: 2, target: Number.POSITIVE_INFINITY }, 'ERR_INVALID_ARG_VALUE', 'options.target'],
  [{ min: 1, max: 2, target: 0 }, 'ERR_OUT_OF_RANGE', 'options.target'],
  [{ min: 1, max: 2, target: '5' }, 'ERR_INVALID_ARG_TYPE', 'options.target'],
  [{ min: 1, max: 2, target: 5, algorithm: 'gradient' }, 'ERR_INVALID_ARG_VALUE', 'options.target'],
  [{ min: 1, max: 2, target: 5, algorithm: 'vegas' }, 'ERR_INVALID_ARG_VALUE', 'options.algorithm'],
  [{ min: 1, max: 2, isOverload: true }, 'ERR_INVALID_ARG_TYPE', 'options.isOverload'],
])('bad input: %o', (options, code, name) => {
  const semaphore = new Semaphore(4, { max: 8 });
  const refused = expect.objectContaining({ code, message: expect.stringContaining(name) });
  expect(() => adapt(limited(semaphore), options as AdaptOptions)).toThrow(refused);
  expect(semaphore.permits).toBe(4);
});

test.each([undefined, null, {}, new Semaphore(1)])('%o is no limit', (value) => {
  const refused = expect.objectContaining({
    code: 'ERR_INVALID_ARG_TYPE',
    message: expect.stringContaining('limited'),
  });
  expect(() => adapt(value as never, { min: 1, max: 2, target: 1 })).toThrow(refused);
});

test('nor one of a semaphore for each task', () => {
  const limit = limitCalls(
    async () => {},
    () => new Semaphore(1),
  );
  const refused = expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' });
  expect(() => adapt(limit, { min: 1, max: 2, target: 1 })).toThrow(refused);
});

test('a permit comes back though isOverload throws', async () => {
  const semaphore = new Semaphore(4);
  const limit = limited(semaphore);
  const own = new Error('of isOverload');
  using _ = adapt(limit, {
    min: 1,
    max: 10,
    isOverload: () => {
      throw own;
    },
  });
  await expect(limit.run('broken')).rejects.toBe(own);
  expect(semaphore.available).toBe(4);
});

test('permits that others add leave no room, and the limit goes no further', async () => {
  const semaphore = new Semaphore(4, { max: 8 });
  const limit = limited(semaphore);
  using adaptation = adapt(limit, { min: 1, max: 8, isOverload });
  semaphore.grow(4);
  const results = await Promise.allSettled(Array.from({ length: 100 }, () => limit.run('well')));
  expect(results.filter(({ status }) => status === 'rejected')).toEqual([]);
  expect([adaptation.limit, semaphore.permits, semaphore.available]).toEqual([4, 8, 8]);
});
