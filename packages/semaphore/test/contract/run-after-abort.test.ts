/** Who aborts counts on it that nobody enters any more. */
import { FdSemaphore, Mutex, RwLock, Semaphore } from '@eventfd/semaphore';
import { limit } from '@eventfd/semaphore/piscina';
import { EventFd } from 'eventfd';
import type { Piscina } from 'piscina';
import { describe, expect, test } from 'vitest';
import { within } from '../support/deadline.js';

interface Running {
  run(fn: () => unknown, options: { signal: AbortSignal }): Promise<unknown>;
  /** Takes all of it, and gives it back. */
  shut(): () => void;
  readonly whole: boolean;
  /** An abort ends what has been entered, too, and the run rejects. */
  readonly ends?: true;
}

function ofSemaphore(permits: number): Running {
  const semaphore = new Semaphore(permits);
  return {
    run: (fn, options) => semaphore.run(fn, options),
    shut: () => {
      const held = semaphore.acquireSync({ permits });
      return () => held.release();
    },
    get whole() {
      return semaphore.available === permits && semaphore.waiting === 0;
    },
  };
}

function ofRwLock(method: 'run' | 'runRead'): Running {
  const lock = new RwLock();
  return {
    run: (fn, options) => lock[method](fn, options),
    shut: () => {
      const held = lock.writeSync();
      return () => held.unlock();
    },
    get whole() {
      return lock.readers === 0 && !lock.writing && lock.waiting === 0;
    },
  };
}

const classes: Record<string, () => Running> = {
  Semaphore: () => ofSemaphore(1),
  'Semaphore of 3': () => ofSemaphore(3),
  Mutex: () => {
    const mutex = new Mutex();
    return {
      run: (fn, options) => mutex.run(fn, options),
      shut: () => {
        const held = mutex.lockSync();
        return () => held.unlock();
      },
      get whole() {
        return !mutex.locked && mutex.waiting === 0;
      },
    };
  },
  'RwLock, to write': () => ofRwLock('run'),
  'RwLock, to read': () => ofRwLock('runRead'),
  FdSemaphore: () => {
    const semaphore = new FdSemaphore(new EventFd(3, { semaphore: true }));
    return {
      run: (fn, options) => semaphore.run(fn, options),
      shut: () => {
        const held = [1, 2, 3].map(() => semaphore.acquireSync());
        return () => {
          for (const permit of held) permit.release();
        };
      },
      get whole() {
        return semaphore.available === 3n;
      },
    };
  },
  'limit()': () => {
    const semaphore = new Semaphore(3);
    // Runs the task itself, on this thread.
    const pool = { run: async (fn: () => unknown) => fn(), on: () => {}, threads: [] } as unknown as Piscina;
    const limited = limit(pool, semaphore);
    return {
      run: (fn, options) => limited.run(fn, options),
      shut: () => {
        const held = semaphore.acquireSync({ permits: 3 });
        return () => held.release();
      },
      get whole() {
        return semaphore.available === 3 && semaphore.waiting === 0;
      },
      ends: true,
    };
  },
};

describe.each(Object.entries(classes))('%s', (_, make) => {
  test('an abort in the turn of the call, with nobody in the way, is before the function', async () => {
    const running = make();
    const abort = new AbortController();
    const reason = new Error('not any more');
    let entered = false;
    const run = running.run(
      () => {
        entered = true;
      },
      { signal: abort.signal },
    );
    abort.abort(reason);
    await expect(within('the run', run)).rejects.toBe(reason);
    expect([entered, running.whole]).toEqual([false, true]);
  });

  test('the first to enter aborts: nobody enters after it, however many were granted at once', async () => {
    const running = make();
    const open = running.shut();
    const abort = new AbortController();
    const entered: boolean[] = [];
    const runs = Array.from({ length: 5 }, () =>
      running.run(
        () => {
          entered.push(abort.signal.aborted);
          abort.abort();
        },
        { signal: abort.signal },
      ),
    );
    open();
    const settled = await within('the runs', Promise.allSettled(runs));
    expect(entered).toEqual([false]);
    expect(settled.filter(({ status }) => status === 'fulfilled').length).toBe(running.ends ? 0 : 1);
    expect(running.whole).toBe(true);
  });

  test('the signal is the one that the options said first', async () => {
    const running = make();
    const abort = new AbortController();
    let asked = 0;
    const options = {
      get signal() {
        asked++;
        return abort.signal;
      },
    };
    await within(
      'the run',
      running.run(() => {}, options),
    );
    expect(asked).toBe(1);
  });
});
