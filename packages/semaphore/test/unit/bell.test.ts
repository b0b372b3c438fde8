import { Event, Semaphore } from '@eventfd/semaphore';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Actor } from '../support/actor.js';
import { within } from '../support/deadline.js';

let bell: Event;
let semaphore: Semaphore;
beforeEach(() => {
  bell = new Event({ autoReset: true });
  semaphore = new Semaphore(1, { bell });
});
afterEach(() => semaphore.close());

test('the bell rings when a promise has come to stand in the queue, and not for who need not wait', async () => {
  const permit = semaphore.tryAcquire();
  expect(bell.isSet).toBe(false);
  const wait = semaphore.acquire();
  expect(bell.isSet).toBe(true);
  permit?.release();
  (await wait).release();
  await bell.wait();
  (await semaphore.acquire()).release();
  expect(bell.isSet).toBe(false);
});

test('it rings when a permit is released while somebody waits', async () => {
  const permit = semaphore.tryAcquire();
  const wait = semaphore.acquire();
  await bell.wait();
  permit?.release();
  expect(bell.isSet).toBe(true);
  await bell.wait();
  (await wait).release();
  expect(bell.isSet).toBe(false);
});

test('a thread that blocks rings it, whoever posted the semaphore on', async () => {
  const permit = semaphore.tryAcquire();
  const posted = structuredClone(Semaphore.from(structuredClone(semaphore.handle)).handle);
  expect(bell.isSet).toBe(false);
  const actor = await Actor.start({ adapter: 'Semaphore(1)', lock: posted });
  const held = actor.acquire('p', { mode: 'sync' });
  await within('the bell', bell.wait());
  expect(semaphore.waiting).toBe(1);
  permit?.release();
  await held;
  await actor.terminate();
});

test('it rings for each release while a thread waits, also when nobody needs to wake that thread', async () => {
  let permit = semaphore.tryAcquire();
  const actor = await Actor.start({ adapter: 'Semaphore(1)', lock: semaphore });
  const held = actor.acquire('p', { mode: 'sync' });
  await within('the bell', bell.wait());
  // It was woken by the first release, and overtaken: it will look by itself.
  for (let round = 0; round < 100 && permit !== undefined; round++) {
    bell.reset();
    permit.release();
    expect(bell.isSet).toBe(true);
    permit = semaphore.tryAcquire();
  }
  permit?.release();
  await held;
  await actor.terminate();
});

test('a bell that is gone rings for nobody, and hinders nobody', async () => {
  bell[Symbol.dispose]();
  const attached = Semaphore.from(semaphore.handle);
  const permit = attached.tryAcquire();
  const wait = attached.acquire();
  permit?.release();
  (await wait).release();
});

test('what is no bell is refused', () => {
  const refused = (given: unknown) => () => new Semaphore(1, { bell: given as Event });
  expect(refused({})).toThrow(expect.objectContaining({ code: 'ERR_INVALID_HANDLE' }));
  expect(refused(1)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
  expect(refused(new Event())).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
});
