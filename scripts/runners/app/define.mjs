// The same tests for runners of Jest's make, each given what the runner brings.
import { Semaphore } from '@eventfd/semaphore';
import { blocksInRealTime, keepsFakeTime, plain } from './scenarios.mjs';

/** One of several files that a thread runs one after another. */
export function definePlain({ expect, test }, name) {
  test.each(Object.entries(plain))('%s', async (_, scenario) => {
    await scenario();
  });

  test('an object can be looked at by expect', () => {
    const semaphore = new Semaphore(2, { name });
    expect(semaphore).toBeInstanceOf(Semaphore);
    expect(semaphore).toMatchObject({ available: 2, permits: 2, waiting: 0, name });
  });
}

/** `fake`: what installs fake timers, and moves them. */
export function defineTimers({ afterEach, beforeEach, test }, fake) {
  beforeEach(() => {
    fake.useFakeTimers();
  });
  afterEach(() => {
    fake.useRealTimers();
  });

  test('a wait that does not block times out when the fake clock says so', async () => {
    await keepsFakeTime((ms) => fake.advanceTimersByTimeAsync(ms));
  });

  test('a wait that blocks times out in real time, and other threads are as ever', async () => {
    await blocksInRealTime();
  });
}
