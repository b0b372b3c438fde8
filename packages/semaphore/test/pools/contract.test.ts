/** What `limit` promises, of every pool. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setImmediate as turn } from 'node:timers/promises';
import { Semaphore } from '@eventfd/semaphore';
import { type LimitStats, type RunMessage, RunTimeoutError } from '@eventfd/semaphore/limit';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { within } from '../support/deadline.js';
import { pools } from './adapters.js';

class Shared {
  readonly words = new Int32Array(new SharedArrayBuffer(16));
  get inside(): number {
    return Atomics.load(this.words, 0);
  }
  get highest(): number {
    return Atomics.load(this.words, 1);
  }
  open(): void {
    Atomics.store(this.words, 2, 1);
  }
  get noticed(): number {
    return Atomics.load(this.words, 3);
  }
}

/** Needs no timers: they may be fake. */
async function until(what: string, condition: () => boolean): Promise<void> {
  const deadline = process.hrtime.bigint() + 30_000_000_000n;
  while (!condition()) {
    if (process.hrtime.bigint() > deadline) throw new Error(`waited in vain for: ${what}`);
    await turn();
  }
}

const counts = ({ waitTimes, runTimes, ...rest }: LimitStats) => ({
  ...rest,
  waits: waitTimes.count,
  runs: runTimes.count,
});

afterEach(() => {
  vi.useRealTimers();
});

describe.each(Object.entries(pools))('%s', (_name, { make, kills, remote }) => {
  test('at most as many at once as there are permits, and every result', async () => {
    const semaphore = new Semaphore(2);
    const limited = make(3, semaphore);
    const { words, ...shared } = new Shared();
    const visits = Array.from({ length: 12 }, () => limited.run('visit', words));
    const echoes = Array.from({ length: 12 }, (_, i) => limited.run('echo', i));
    await within('the visits', Promise.all(visits), semaphore);
    expect(await Promise.all(echoes)).toEqual(Array.from({ length: 12 }, (_, i) => i));
    expect(shared).toEqual({});
    expect(Atomics.load(words, 1)).toBeLessThanOrEqual(2);
    expect([semaphore.available, limited.waiting]).toEqual([2, 0]);
  });

  test('who waits for a permit can be aborted, or time out, and has not reached the pool', async () => {
    const semaphore = new Semaphore(1);
    const limited = make(1, semaphore);
    const permit = semaphore.acquireSync();
    const abort = new AbortController();
    const waiting = limited.run('echo', 1, { signal: abort.signal });
    expect(limited.waiting).toBe(1);
    abort.abort('why');
    await expect(waiting).rejects.toBe('why');
    await expect(limited.run('echo', 2, { timeout: 1 })).rejects.toMatchObject({ code: 'ERR_TIMEOUT' });
    permit.release();
    expect(await limited.run('echo', 3)).toBe(3);
    expect(counts(limited.stats())).toMatchObject({ aborted: 1, refused: 1, completed: 1, waits: 1, runs: 1 });
  });

  test('an error arrives with its code, and the permit comes back', async () => {
    const semaphore = new Semaphore(1);
    const limited = make(1, semaphore);
    const failed = { name: 'RangeError', code: 'E_OWN', message: 'why not' };
    await expect(limited.run('fail', 'why not')).rejects.toMatchObject(failed);
    expect(semaphore.available).toBe(1);
    expect(counts(limited.stats())).toMatchObject({ failed: 1, running: 0 });
  });

  test.each(['listen', 'block'].filter((handler) => remote || handler === 'listen'))(
    'with grace, an aborted task is told, ends by itself (%s), and costs no worker',
    async (handler) => {
      const semaphore = new Semaphore(1);
      const limited = make(1, semaphore, { grace: 60_000 });
      const shared = new Shared();
      const thread = await limited.run('thread', 0);
      const abort = new AbortController();
      const run = limited.run(handler, shared.words, { signal: abort.signal });
      const rejected = expect(run).rejects.toMatchObject({ name: 'OwnReason', message: 'enough' });
      await until('it is inside', () => shared.inside === 1);
      abort.abort(Object.assign(new Error('enough'), { name: 'OwnReason' }));
      await within('the end of the run', rejected, semaphore);
      expect([shared.inside, shared.noticed, semaphore.available]).toEqual([0, 1, 1]);
      expect(await limited.run('thread', 0)).toBe(thread);
      expect(counts(limited.stats())).toMatchObject({ completed: 2, aborted: 1, running: 0 });
    },
  );

  test('so with a task that is out of time', async () => {
    const semaphore = new Semaphore(1);
    const limited = make(1, semaphore, { runTimeout: 1 });
    const shared = new Shared();
    const run = limited.run('listen', shared.words, { grace: 60_000 });
    await expect(within('the end of the run', run)).rejects.toMatchObject({ code: 'ERR_RUN_TIMEOUT' });
    await expect(run).rejects.toBeInstanceOf(RunTimeoutError);
    expect([shared.inside, shared.noticed, semaphore.available]).toEqual([0, 1, 1]);
    expect(counts(limited.stats())).toMatchObject({ timedOut: 1, running: 0 });
  });

  test('once the grace is over, the pool ends it', async () => {
    const semaphore = new Semaphore(1);
    const limited = make(1, semaphore, { grace: 1 });
    const shared = new Shared();
    const abort = new AbortController();
    const run = limited.run('hold', shared.words, { signal: abort.signal });
    const rejected = expect(run).rejects.toBe('enough');
    await until('it is inside', () => shared.inside === 1);
    abort.abort('enough');
    await within('the end of the run', rejected, semaphore);
    shared.open();
    await until('the permit', () => semaphore.available === 1);
    if (!kills) await until('it has left', () => shared.inside === 0);
    expect(await limited.run('echo', 'next')).toBe('next');
  });

  test('without grace, an abort and a timeout end it in the way of the pool, at once', async () => {
    const semaphore = new Semaphore(1);
    const limited = make(1, semaphore);
    for (const how of ['abort', 'timeout']) {
      const shared = new Shared();
      const abort = new AbortController();
      const runTimeout = how === 'timeout' ? 200 : Number.POSITIVE_INFINITY;
      const run = limited.run('hold', shared.words, { signal: abort.signal, runTimeout });
      const expected = how === 'abort' ? { why: 'enough' } : { code: 'ERR_RUN_TIMEOUT' };
      const rejected = expect(run).rejects.toMatchObject(expected);
      if (how === 'abort') {
        await until('it is inside', () => shared.inside === 1);
        abort.abort({ why: 'enough' });
      }
      await within('the end of the run', rejected, semaphore);
      shared.open();
      await until('the permit', () => semaphore.available === 1);
    }
    expect(await limited.run('echo', 'next')).toBe('next');
  });

  test('no more may wait than maxWaiting says, of the limit or of the run', async () => {
    const semaphore = new Semaphore(1, { name: 'one' });
    const limited = make(1, semaphore, { maxWaiting: 2 });
    const permit = semaphore.acquireSync();
    const full = expect.objectContaining({ name: 'QueueFullError', code: 'ERR_QUEUE_FULL' });
    await expect(limited.run('echo', 0, { maxWaiting: 0 })).rejects.toEqual(full);
    const waiting = [1, 2].map((task) => limited.run('echo', task));
    await expect(limited.run('echo', 3)).rejects.toEqual(full);
    const more = limited.run('echo', 4, { maxWaiting: Number.POSITIVE_INFINITY });
    permit.release();
    expect(await Promise.all([...waiting, more])).toEqual([1, 2, 4]);
    // A permit that is free is no wait.
    expect(await limited.run('echo', 5, { maxWaiting: 0 })).toBe(5);
    expect(counts(limited.stats())).toMatchObject({ refused: 2, completed: 4 });
  });

  test('a task takes as many permits as permitsOf says, or its options', async () => {
    const semaphore = new Semaphore(4);
    const limited = make(1, semaphore, { permitsOf: (task) => (task as { mb: number }).mb });
    const permit = semaphore.acquireSync({ permits: 2 });
    const heavy = limited.run('echo', { mb: 3 });
    expect([limited.waiting, semaphore.waiting]).toEqual([1, 1]);
    permit.release();
    expect(await heavy).toEqual({ mb: 3 });
    expect(await limited.run('echo', { mb: 5 }, { permits: 1 })).toEqual({ mb: 5 });
    await expect(limited.run('echo', { mb: 5 })).rejects.toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
    await expect(limited.run('echo', { mb: 0.5 })).rejects.toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
    expect(semaphore.available).toBe(4);
  });

  test('a task waits with the priority that priorityOf says, or its options', async () => {
    const semaphore = new Semaphore(1, { aging: Infinity });
    const limited = make(1, semaphore, { priorityOf: (task) => (task as { urgent: number }).urgent });
    const permit = semaphore.acquireSync();
    const ended: unknown[] = [];
    const run = (urgent: number, options?: { priority: number }) => {
      const ran = limited.run('echo', { urgent }, options).then(() => ended.push(urgent));
      return Object.assign(ran, { queued: semaphore.waiting });
    };
    const runs = [run(0), run(2), run(7, { priority: 1 }), run(3)];
    expect(runs.map(({ queued }) => queued)).toEqual([1, 2, 3, 4]);
    permit.release();
    await Promise.all(runs);
    expect(ended).toEqual([3, 2, 7, 0]);
    for (const urgent of [8, -1, 0.5]) {
      await expect(run(urgent)).rejects.toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
    }
    await expect(run('1' as never)).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
    expect(() => make(1, semaphore, { priorityOf: 1 as never })).toThrow(/options.priorityOf/);
    await expect(run(0, { priority: 8 })).rejects.toThrow(/options.priority/);
    expect([semaphore.available, semaphore.waiting]).toEqual([1, 0]);
  });

  test('each run is told of on channels', async () => {
    const semaphore = new Semaphore(1, { name: 'told' });
    const limited = make(1, semaphore);
    const messages: RunMessage[] = [];
    const note = (message: unknown) => messages.push(message as RunMessage);
    for (const name of ['eventfd:limit:start', 'eventfd:limit:end']) subscribe(name, note);
    try {
      await limited.run('echo', 1);
    } finally {
      for (const name of ['eventfd:limit:start', 'eventfd:limit:end']) unsubscribe(name, note);
    }
    const { id } = messages[0] as RunMessage;
    const both = { id, threadId: 0, name: 'told', permits: 1 };
    expect(messages).toMatchObject([
      { ...both, outcome: undefined, ran: 0 },
      { ...both, outcome: 'completed' },
    ]);
  });

  test.each([
    [{ runTimeout: -1 }, 'ERR_OUT_OF_RANGE', 'options.runTimeout'],
    [{ runTimeout: '1' }, 'ERR_INVALID_ARG_TYPE', 'options.runTimeout'],
    [{ grace: Number.NaN }, 'ERR_OUT_OF_RANGE', 'options.grace'],
    [{ grace: null }, 'ERR_INVALID_ARG_TYPE', 'options.grace'],
    [{ maxWaiting: -1 }, 'ERR_OUT_OF_RANGE', 'options.maxWaiting'],
    [{ maxWaiting: 2 ** 29 }, 'ERR_OUT_OF_RANGE', 'an integer >= 0 and <= 536870911, or Infinity'],
    [{ maxWaiting: '1' }, 'ERR_INVALID_ARG_TYPE', 'options.maxWaiting'],
    [{ graceful: 1 }, 'ERR_INVALID_ARG_VALUE', 'options.graceful'],
  ])('bad input: %o', async (options, code, message) => {
    const semaphore = new Semaphore(1);
    const refused = expect.objectContaining({ code, message: expect.stringContaining(message) });
    expect(() => make(1, semaphore, options as never)).toThrow(refused);
    await expect(make(1, semaphore).run('echo', 1, options as never)).rejects.toEqual(refused);
    expect(semaphore.available).toBe(1);
  });
});

const remotes = Object.entries(pools).filter(([, { remote }]) => remote);

describe.each(remotes)('%s, whose handlers run elsewhere', (_name, { make }) => {
  test('the time counts from when a worker is handed the task, and not while it waits in the pool', async () => {
    const semaphore = new Semaphore(2);
    const limited = make(1, semaphore);
    const shared = new Shared();
    const first = limited.run('hold', shared.words);
    await until('the first to be inside', () => shared.inside === 1);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let settled = false;
    const second = limited.run('echo', 'second', { runTimeout: 10 }).finally(() => {
      settled = true;
    });
    second.catch(() => {});
    await turn();
    vi.advanceTimersByTime(60_000);
    for (let i = 0; i < 5; i++) await turn();
    expect(settled).toBe(false);
    shared.open();
    expect(await first).toBe('held');
    expect(await second).toBe('second');
  });

  test('an abort while it waits in the pool disturbs no worker, nor is one told', async () => {
    const semaphore = new Semaphore(2);
    const limited = make(1, semaphore, { grace: 60_000 });
    const shared = new Shared();
    const first = limited.run('hold', shared.words);
    await until('the first to be inside', () => shared.inside === 1);
    const abort = new AbortController();
    const second = limited.run('visit', shared.words, { signal: abort.signal });
    const rejected = expect(second).rejects.toBe('why');
    await turn();
    abort.abort('why');
    await within('the end of the second', rejected, semaphore);
    expect(semaphore.available).toBe(1);
    shared.open();
    expect(await first).toBe('held');
    expect(shared.highest).toBe(1);
  });

  test('grace wants a handler that task() has wrapped', async () => {
    const semaphore = new Semaphore(1);
    const limited = make(1, semaphore, { grace: 10 });
    expect(await limited.run('unwrapped', 1)).toBe(1); // nothing can end it, so nothing is sent along
    const run = limited.run('unwrapped', 1, { runTimeout: 60_000 });
    await expect(run).rejects.toMatchObject({ name: 'TypeError', code: 'ERR_HANDLER_NOT_WRAPPED' });
    expect(semaphore.available).toBe(1);
  });
});
