import { inspect as format } from 'node:util';
import { Condition, inspect, Mutex } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { Actor } from '../support/actor.js';
import { until, within } from '../support/deadline.js';
import { invalidType, outOfRange, queueFull, timedOut } from '../support/errors.js';
import { expectWhole, fill, queued } from '../support/fill.js';
import { type Adapter, type Hold, type Lock, locks } from '../support/locks.mjs';

/** One of each class, and one that is fair: the order is the queue's, and knows no class. */
const ranked = Object.entries(locks).filter(([name]) => !/^Semaphore\(1\)|fair Semaphore\(3\)|fair Mutex/.test(name));

/** Waits, of this thread and of others, and the order in which they were served. Each lets go once the next may come. */
class Line {
  readonly served: string[] = [];
  readonly #adapter: Adapter;
  readonly #lock: Lock;
  readonly #waits: Promise<void>[] = [];

  constructor(adapter: Adapter, lock: Lock) {
    this.#adapter = adapter;
    this.#lock = lock;
  }

  /** It stands in the queue when this resolves. */
  async join(name: string, wait: Promise<() => unknown>): Promise<void> {
    const waiting = this.#waits.length + 1;
    this.#waits.push(
      wait.then(async (release) => {
        this.served.push(name);
        await release();
      }),
    );
    await queued(this.#lock, waiting);
  }

  here(priority: number | undefined, name = `${priority}`): Promise<void> {
    const hold = this.#adapter.acquire(this.#lock, priority === undefined ? {} : { priority });
    return this.join(
      name,
      hold.then((held) => () => this.#adapter.release(held)),
    );
  }

  there(actor: Actor, mode: 'sync' | 'async', priority: number, name = `${priority}`): Promise<void> {
    return this.join(
      name,
      actor.acquire(name, { mode, priority }).then(() => () => actor.release(name)),
    );
  }

  async all(): Promise<string[]> {
    await within('all', Promise.all(this.#waits), this.#lock, this.served);
    return this.served;
  }
}

describe.each(ranked)('%s with priorities', (name, adapter) => {
  const full = ({ name, ...more }: { name?: string; aging?: number; maxWaiting?: number } = {}) => {
    const lock = adapter.make(name, more);
    const [first, ...kept] = fill(adapter, lock) as [Hold, ...Hold[]];
    const end = () => {
      for (const hold of kept) adapter.release(hold);
      expectWhole(adapter, lock);
    };
    return { lock, line: new Line(adapter, lock), release: () => adapter.release(first), end };
  };
  const served = async (more: object, priorities: readonly number[], before = async (_lock: Lock) => {}) => {
    const { lock, line, release, end } = full(more);
    for (const priority of priorities.slice(0, -1)) await line.here(priority);
    await before(lock);
    await line.here(priorities.at(-1));
    release();
    const order = await line.all();
    end();
    return order;
  };

  test('the higher go first, first come, first served within one, blocked threads and promises of several threads', async () => {
    const { lock, line, release, end } = full({ aging: Infinity });
    const [a, b] = (await Actor.startMany(2, { adapter: name, lock })) as [Actor, Actor];
    await line.here(undefined, '0');
    await line.there(a, 'async', 3, '3 of a');
    await line.there(b, 'sync', 5);
    await line.here(3);
    await line.there(a, 'async', 7);
    await line.here(1);
    release();
    expect(await line.all()).toEqual(['7', '5', '3 of a', '3', '1', '0']);
    end();
    for (const actor of [a, b]) await actor.terminate();
  });

  test('who has waited for a while counts higher, unless nobody ages', async () => {
    const aged = (lock: Lock) => until('one has waited for 8 ms', () => (waitsOf(lock)[0]?.waitedMs ?? 0) >= 8, lock);
    const of = (aging: number) => ({ name: `${aging} of ${name}`, aging });
    expect(await served(of(1), [0, 7], aged)).toEqual(['0', '7']);
    expect(await served(of(2 ** 31 - 1), [0, 1], aged)).toEqual(['1', '0']);
    expect(await served(of(Infinity), [0, 1], aged)).toEqual(['1', '0']);
  });

  test('who gives up, times out or dies leaves the others in their order', async () => {
    const { lock, line, release, end } = full({ aging: Infinity });
    const actor = await Actor.start({ adapter: name, lock });
    await line.here(0);
    await line.here(2);
    const abort = new AbortController();
    const aborted = expect(adapter.acquire(lock, { priority: 6, signal: abort.signal })).rejects.toThrow('aborted');
    const lost = expect(actor.acquire('never', { mode: 'sync', priority: 7 })).rejects.toThrow('The worker is gone');
    await expect(adapter.acquire(lock, { priority: 5, timeout: 1 })).rejects.toEqual(timedOut);
    await queued(lock, 4);
    await actor.terminate();
    abort.abort();
    await aborted;
    await lost;
    release();
    expect(await line.all()).toEqual(['2', '0']);
    end();
  });

  test('a full queue refuses the highest, too', async () => {
    const { lock, line, release, end } = full({ maxWaiting: 1 });
    await line.here(0);
    await expect(adapter.acquire(lock, { priority: 7 })).rejects.toEqual(queueFull);
    release();
    expect(await line.all()).toEqual(['0']);
    end();
  });

  test('run and runSync take one', async () => {
    const { lock, line, release, end } = full();
    await line.here(0);
    const ran = adapter.run(lock, () => line.served.push('run'), { priority: 1 });
    await queued(lock, 2);
    release();
    expect(await line.all()).toEqual(['run', '0']);
    await ran;
    end();
    expect(adapter.runSync(lock, () => 'run', { priority: 7 })).toBe('run');
  });

  test('it is shown: of who waits, in their order, and how they age', async () => {
    const { lock, line, release, end } = full({ name: `shown of ${name}`, aging: 60_000 });
    for (const priority of [0, 4, 7, 4]) await line.here(priority);
    expect(waitsOf(lock).map(({ priority }) => priority)).toEqual([7, 4, 4, 0]);
    const found = inspect().find((object) => object.name === `shown of ${name}`);
    expect(found?.state).toMatchObject({ aging: 60_000 });
    expect(format(found)).toMatch(/waiting for \d+ ms.*, priority 7\n.*, priority 4\n.*, priority 4\n[^y]*$/);
    expect(format(lock)).toContain('aging: 60000');
    expect(adapter.from(structuredClone(lock)).aging).toBe(60_000);
    release();
    await line.all();
    end();
  });

  test('aging is a second by default, and is then not shown', () => {
    const lock = adapter.make(`default of ${name}`);
    expect(lock.aging).toBe(1000);
    expect(format(lock)).not.toContain('aging');
    expect(inspect().find((object) => object.name === `default of ${name}`)?.state).not.toHaveProperty('aging');
    lock[Symbol.dispose]();
    expect(adapter.make(undefined, { aging: Infinity }).aging).toBe(Infinity);
  });

  test.each([-1, 8, 0.5, Number.NaN, Infinity])('refuses %d as priority, and has changed nothing', async (value) => {
    const lock = adapter.make();
    const wait = { priority: value };
    const refused = outOfRange('options.priority', value);
    await expect(adapter.acquire(lock, wait)).rejects.toEqual(refused);
    await expect(adapter.run(lock, () => {}, wait)).rejects.toEqual(refused);
    expect(() => adapter.acquireSync(lock, wait)).toThrow(refused);
    expect(() => adapter.runSync(lock, () => {}, wait)).toThrow(refused);
    expectWhole(adapter, lock);
  });

  test.each([
    ['1', "type string \\('1'\\)"],
    [1n, 'type bigint \\(1n\\)'],
    [null, 'null'],
  ])('refuses %o as priority and as aging', async (value, shown) => {
    const lock = adapter.make();
    const wait = { priority: value as never };
    await expect(adapter.acquire(lock, wait)).rejects.toEqual(invalidType('options.priority', shown));
    expect(() => adapter.acquireSync(lock, wait)).toThrow(invalidType('options.priority', shown));
    expectWhole(adapter, lock);
    expect(() => adapter.make(undefined, { aging: value as never })).toThrow(invalidType('options.aging', shown));
  });

  test.each([0, -1, 0.5, Number.NaN, -Infinity, 2 ** 31, 2 ** 53])('refuses %d as aging', (value) => {
    expect(() => adapter.make(undefined, { aging: value })).toThrow(outOfRange('options.aging', value));
  });
});

test('who comes back from a Condition has the priority that it locked the mutex with', async () => {
  const mutex = new Mutex({ aging: Infinity });
  const condition = new Condition(mutex);
  const order: number[] = [];
  const waits = [1, 3, 2].map(async (priority) => {
    const guard = await mutex.lock({ priority });
    await condition.wait(guard);
    order.push(priority);
    guard.unlock();
  });
  await until('three wait', () => condition.waiting === 3);
  const guard = mutex.lockSync();
  condition.notifyAll();
  await queued(mutex, 3);
  guard.unlock();
  await within('all three', Promise.all(waits), mutex);
  expect(order).toEqual([3, 2, 1]);
});

test('a wait of 0 ms for a Condition lets in who waits, whatever the priority', async () => {
  const mutex = new Mutex({ aging: Infinity });
  const condition = new Condition(mutex);
  const guard = await mutex.lock({ priority: 7 });
  const other = mutex.lock();
  await queued(mutex, 1);
  const yields = expect(condition.wait(guard, { timeout: 0 })).rejects.toEqual(timedOut);
  (await within('the other', other, mutex)).unlock();
  await yields;
  guard.unlock();
});

function waitsOf(lock: Lock) {
  const name = /"(.*)"/.exec(`${lock}`)?.[1];
  return inspect().find((object) => object.name === name)?.waiters ?? [];
}
