import { Mutex } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { until, within } from '../support/deadline.js';
import { Puppet } from '../support/puppet.js';

interface Told {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly cycle: { threadId: number; mutex: string }[];
}

const names = ['a', 'b', 'c'];

function ring(size: number) {
  const mutexes = names.slice(0, size).map((name) => new Mutex({ name }));
  return { mutexes, objects: Object.fromEntries(mutexes.map((mutex, i) => [i, mutex])) as Record<number, Mutex> };
}

type Philosopher = Puppet<Record<number, Mutex>>;

/** Locks `own`, waits until all have theirs (word 0 counts them), and then blocks for `next`. */
const dine = (
  stage: Record<number, Mutex> & { words: Int32Array },
  own: number,
  next: number,
  size: number,
  way: string,
) => {
  const start = (guard: { unlock(): void }) => {
    Atomics.add(stage.words, 0, 1);
    while (Atomics.load(stage.words, 0) % size !== 0);
    try {
      (stage[next] as Mutex).lockSync().unlock();
      return undefined;
    } catch (error) {
      const { name, code, message, cycle } = error as Told;
      return { name, code, message, cycle };
    } finally {
      guard.unlock();
    }
  };
  const mutex = stage[own] as Mutex;
  return way === 'sync' ? start(mutex.lockSync()) : mutex.lock().then(start);
};

/** What each was told, after all have come to an end: one that gave up let the others go on. */
async function dineTogether(philosophers: Philosopher[], way: string): Promise<(Told | undefined)[]> {
  const size = philosophers.length;
  const dinners = philosophers.map((each, i) => each.run(dine, i, (i + 1) % size, size, way));
  return (await within('the end of the dinner', Promise.all(dinners))) as (Told | undefined)[];
}

describe.each([2, 3])('a cycle of %i threads', (size) => {
  test.each(['sync', 'async'])('whose locks were taken %s: one is told, the others go on', async (way) => {
    const { mutexes, objects } = ring(size);
    const philosophers = await Puppet.startMany(size, objects);
    for (let round = 0; round < 5; round++) {
      const all = await dineTogether(philosophers, way);
      const told = all.filter((each) => each !== undefined);
      expect(told.length).toBe(1);
      const victim = all.findIndex((each) => each !== undefined);
      // From the victim on: each waits for the lock that the next one holds.
      const cycle = philosophers.map((_, i) => ({
        threadId: philosophers[(victim + i) % size]?.id,
        mutex: `Mutex "${names[(victim + i + 1) % size]}"`,
      }));
      expect(told[0]).toMatchObject({ name: 'DeadlockError', code: 'ERR_DEADLOCK', cycle });
      for (const { threadId, mutex } of cycle)
        expect(told[0]?.message).toContain(`thread ${threadId} waits for ${mutex}`);
      expect(mutexes.map((mutex) => [mutex.locked, mutex.waiting])).toEqual(mutexes.map(() => [false, 0]));
    }
    for (const each of philosophers) await each.terminate();
  });
});

test('two cycles at a time: one thread of each is told', async () => {
  const [one, two] = [ring(2), ring(2)];
  const pairs = [await Puppet.startMany(2, one.objects), await Puppet.startMany(2, two.objects)];
  const dinners = await Promise.all(pairs.map((pair) => dineTogether(pair, 'sync')));
  for (const all of dinners) expect(all.filter((each) => each !== undefined).length).toBe(1);
  for (const each of pairs.flat()) await each.terminate();
});

type Kept = { kept: Map<string, { unlock(): void }> } & Record<number, Mutex>;

const keep = (stage: Kept, which: number) => {
  stage.kept.set('guard', (stage[which] as Mutex).lockSync());
};
const unlock = (stage: Kept) => stage.kept.get('guard')?.unlock();
const pass = (stage: Record<number, Mutex>, which: number) => (stage[which] as Mutex).runSync(() => 'went on');

test('who closed the cycle is told, and not who blocked before; its locks are as they were, and it is told again', async () => {
  const { mutexes, objects } = ring(2);
  const [first, last] = (await Puppet.startMany(2, objects)) as [Philosopher, Philosopher];
  await first.run(keep, 0);
  await last.run(keep, 1);
  const blocked = first.run(pass, 1);
  await until('the first to block', () => mutexes[1]?.waiting === 1, ...mutexes);
  for (let i = 0; i < 3; i++) {
    await expect(last.run(pass, 0)).rejects.toMatchObject({ code: 'ERR_DEADLOCK', cycle: [{ threadId: last.id }, {}] });
    expect(mutexes.map((mutex) => [mutex.locked, mutex.waiting])).toEqual([
      [true, 0],
      [true, 1],
    ]);
  }
  await last.run(unlock);
  expect(await within('the first', blocked, ...mutexes)).toBe('went on');
  for (const each of [first, last]) await each.terminate();
});

test('the main thread is told like any other', async () => {
  const { mutexes, objects } = ring(2);
  const [mine, other] = mutexes as [Mutex, Mutex];
  const puppet = await Puppet.start(objects);
  await puppet.run(keep, 1);
  const guard = mine.lockSync();
  const blocked = puppet.run(pass, 0);
  await until('the other thread to block', () => mine.waiting === 1, mine);
  expect(() => other.lockSync()).toThrow(
    expect.objectContaining({
      message: expect.stringContaining(
        `Deadlock: thread 0 waits for Mutex "b", held by thread ${puppet.id}; ` +
          `thread ${puppet.id} waits for Mutex "a", held by thread 0`,
      ),
    }),
  );
  guard.unlock();
  expect(await within('the other thread', blocked, mine)).toBe('went on');
  await puppet.terminate();
});

test('a thread that is ended in the middle of a cycle ends the deadlock', async () => {
  const { mutexes, objects } = ring(3);
  const puppets = (await Puppet.startMany(3, objects)) as [Philosopher, Philosopher, Philosopher];
  for (const [i, puppet] of puppets.entries()) await puppet.run(keep, i);
  const [a, b, c] = puppets;
  const first = a.run(pass, 1);
  const lost = expect(b.run(pass, 2)).rejects.toThrow('The worker is gone');
  await until('two to block', () => mutexes[1]?.waiting === 1 && mutexes[2]?.waiting === 1, ...mutexes);
  await b.terminate();
  await lost;
  expect(await within('who waited for the one that died', first, ...mutexes)).toBe('went on');
  // What was a cycle is none any more.
  const last = c.run(pass, 0);
  await a.run(unlock);
  expect(await within('the last', last, ...mutexes)).toBe('went on');
  for (const each of [a, c]) await each.terminate();
});
