import { Semaphore } from '@eventfd/semaphore';
import { expect, test } from 'vitest';
import { Actor } from '../support/actor.js';
import { within } from '../support/deadline.js';

test('when the memory grows, what is attached in every thread keeps working', async () => {
  const lock = new Semaphore(1);
  const actors = await Actor.startMany(3, { adapter: 'Semaphore(1)', lock });
  const bytes = () => (lock.handle.memory as { buffer: SharedArrayBuffer }).buffer.byteLength;
  const before = bytes();
  // They come and go all the while.
  const cycles = actors.map((actor, i) => actor.call('cycle', 5000, [i % 2 === 0 ? 'sync' : 'async']));
  const many: Semaphore[] = [];
  while (bytes() < 64 * before) many.push(new Semaphore(many.length));
  await within('the cycles', Promise.all(cycles), lock);
  expect([lock.available, lock.waiting]).toEqual([1, 0]);
  for (const [i, each] of many.entries()) expect(each.permits).toBe(i);

  // A cell beyond what those threads have ever seen of the memory.
  const last = many.at(-1) as Semaphore;
  last.shrink(last.permits);
  last.grow(1);
  const [actor] = actors as [Actor];
  expect(await actor.call('visitOther', last)).toBe(0);
  expect(last.available).toBe(1);
  for (const each of actors) await each.terminate();
});

test('several threads that make semaphores at once get different ones', async () => {
  const lock = new Semaphore(1);
  const actors = await Actor.startMany(3, { adapter: 'Semaphore(1)', lock });
  const made = await within(
    'all semaphores',
    Promise.all(actors.map((actor) => actor.call<number[]>('makeMany', 20_000))),
  );
  const cells = made.flat();
  expect(cells.length).toBe(60_000);
  expect(new Set(cells).size).toBe(cells.length);
  for (const each of actors) await each.terminate();
});
