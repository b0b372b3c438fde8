/** What https://w3c.github.io/web-locks/ says of one thread, and WebIDL of its interfaces; and the two options beyond. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { getEventListeners } from 'node:events';
import { Lock, LockManager, locks } from '@eventfd/semaphore/web-locks';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { turns, within } from '../support/deadline.js';

// biome-ignore lint/suspicious/noExplicitAny: what no type allows is passed here
const any = locks as any;

/** What the promise rejects with. */
function failure(promise: Promise<unknown>): Promise<Error & { code?: unknown }> {
  return promise.then(
    (value) => {
      throw new Error(`It did not reject, but gave ${value}`);
    },
    (error) => error,
  );
}

/** A lock that is held until `release`. */
async function held(name: string, options = {}) {
  let release: (value?: unknown) => void = () => {};
  let gave: Promise<unknown> = Promise.resolve();
  await new Promise<void>((inside) => {
    gave = locks.request(name, options, () => {
      inside();
      return new Promise((resolve) => {
        release = resolve;
      });
    });
  });
  return { release, gave };
}

// Whatever a test does, it leaves nothing.
afterEach(async () => {
  await turns(1);
  expect(await locks.query()).toEqual({ held: [], pending: [] });
});

describe('names', () => {
  test('any string is a name, by its code units', async () => {
    const names = ['', '\0', 'a\0', 'a', '\ud800', '\udc00', '\ufffd', '\ud800\udc00', 'x'.repeat(100_000), 'a-', ' -'];
    const all = await Promise.all(names.map((name) => held(name)));
    expect((await locks.query()).held.map(({ name }) => name)).toEqual(names);
    for (const { release } of all) release();
    await Promise.all(all.map(({ gave }) => gave));
    for (const length of [126, 127, 128, 129]) {
      expect(await locks.request('y'.repeat(length), ({ name }) => name.length)).toBe(length);
    }
  });

  test.each(['-', '-a', '--'])('%j starts with a hyphen: NotSupportedError', async (name) => {
    const error = await failure(locks.request(name, () => {}));
    expect(error).toMatchObject({ name: 'NotSupportedError', code: 9 });
    expect(error).toBeInstanceOf(DOMException);
  });

  test('what is no string becomes one', async () => {
    for (const [given, name] of [
      [undefined, 'undefined'],
      [null, 'null'],
      [7, '7'],
      [{ toString: () => 'told' }, 'told'],
    ]) {
      expect(await any.request(given, (lock: Lock) => lock.name)).toBe(name);
    }
  });
});

describe('arguments', () => {
  test('request() never throws; what is wrong rejects', async () => {
    const own = new Error('own');
    const wrong: [unknown[], unknown][] = [
      [[], 'ERR_INVALID_ARG_TYPE'],
      [['n'], 'ERR_INVALID_ARG_TYPE'],
      [['n', undefined], 'ERR_INVALID_ARG_TYPE'],
      [['n', {}], 'ERR_INVALID_ARG_TYPE'],
      [['n', {}, undefined], 'ERR_INVALID_ARG_TYPE'],
      [['n', () => {}, undefined], 'ERR_INVALID_ARG_TYPE'],
      [['n', {}, {}], 'ERR_INVALID_ARG_TYPE'],
      [['n', 7, () => {}], 'ERR_INVALID_ARG_TYPE'],
      [['n', 'shared', () => {}], 'ERR_INVALID_ARG_TYPE'],
      [['n', { mode: 'other' }, () => {}], 'ERR_INVALID_ARG_VALUE'],
      [['n', { mode: null }, () => {}], 'ERR_INVALID_ARG_VALUE'],
      [['n', { mode: '' }, () => {}], 'ERR_INVALID_ARG_VALUE'],
      [['n', { signal: null }, () => {}], 'ERR_INVALID_ARG_TYPE'],
      [['n', { signal: 'abort' }, () => {}], 'ERR_INVALID_ARG_TYPE'],
      [['n', { ref: 1 }, () => {}], 'ERR_INVALID_ARG_TYPE'],
      [['n', { timeout: '1' }, () => {}], 'ERR_INVALID_ARG_TYPE'],
      [['n', { timeout: -1 }, () => {}], 'ERR_OUT_OF_RANGE'],
      [['n', { timeout: Number.NaN }, () => {}], 'ERR_OUT_OF_RANGE'],
      [[Symbol('n'), () => {}], undefined],
      [
        [
          {
            toString() {
              throw own;
            },
          },
          () => {},
        ],
        own,
      ],
      [
        [
          'n',
          {
            get mode() {
              throw own;
            },
          },
          () => {},
        ],
        own,
      ],
    ];
    for (const [given, expected] of wrong) {
      const error = await failure(any.request(...given));
      if (expected === own) expect(error).toBe(own);
      else expect([error.code, error instanceof TypeError || error instanceof RangeError]).toEqual([expected, true]);
    }
  });

  test('options may be null, undefined or a function; booleans are converted', async () => {
    for (const options of [null, undefined, {}, () => {}, { mode: undefined, signal: undefined, steal: 0 }]) {
      expect(await any.request('n', options, (lock: Lock) => lock.mode)).toBe('exclusive');
    }
    const { release, gave } = await held('n');
    expect(await any.request('n', { ifAvailable: 'yes' }, (lock: unknown) => lock)).toBeNull();
    release();
    await gave;
  });

  test('name, options and callback are converted in this order, the options by their names', async () => {
    const read: string[] = [];
    const options = new Proxy({}, { get: (_, member) => void read.push(String(member)) });
    const name = { toString: () => `${read.push('name')}` };
    await failure(any.request(name, options, 'no function'));
    expect(read).toEqual(['name', 'ifAvailable', 'mode', 'ref', 'signal', 'steal', 'timeout']);
  });

  const { signal } = new AbortController();
  test.each([
    { steal: true, ifAvailable: true },
    { steal: true, mode: 'shared' as const },
    { steal: true, signal },
    { ifAvailable: true, signal },
    { steal: true, signal: AbortSignal.abort() },
    { steal: true, timeout: 10 },
    { ifAvailable: true as const, timeout: 10 },
  ])('%o: NotSupportedError', async (options) => {
    const callback = vi.fn();
    expect((await failure(locks.request('n', options, callback))).name).toBe('NotSupportedError');
    expect(callback).not.toHaveBeenCalled();
  });
});

describe('the callback', () => {
  test('never runs in the tick of request(), and gets the lock alone', async () => {
    for (const options of [{}, { ifAvailable: true as const }, { steal: true }]) {
      const callback = vi.fn(function (this: unknown, ..._: unknown[]) {
        return this;
      });
      const result = locks.request('c', options, callback as never);
      expect(callback).not.toHaveBeenCalled();
      expect(await result).toBeUndefined();
      expect(callback.mock.calls).toEqual([[expect.any(Lock)]]);
    }
  });

  test('the promise settles as its own does, after it; the lock is given back before', async () => {
    const order: string[] = [];
    const result = locks.request('c', async () => {
      await turns(1);
      order.push('callback');
      return 'value';
    });
    const next = locks.request('c', () => void order.push('next'));
    void result.then(() => order.push('promise'));
    expect(await result).toBe('value');
    await next;
    expect(order[0]).toBe('callback');
    expect(order.sort()).toEqual(['callback', 'next', 'promise']);
  });

  test('what it throws at once, or rejects with, rejects the promise and gives the lock back', async () => {
    const own = new Error('own');
    const thrown = locks.request('c', () => {
      throw own;
    });
    const next = locks.request('c', () => 'next');
    expect(await failure(thrown)).toBe(own);
    expect(await next).toBe('next');
    expect(await failure(locks.request('c', () => Promise.reject(own)))).toBe(own);
    expect(await locks.request('c', { ifAvailable: true }, (lock) => lock?.name)).toBe('c');
    const { release, gave } = await held('c');
    const unavailable = locks.request('c', { ifAvailable: true }, () => {
      throw own;
    });
    expect(await failure(unavailable)).toBe(own);
    release();
    await gave;
  });

  test('a thenable is adopted, and looked at once', async () => {
    const then = vi.fn((resolve: (value: string) => void) => void setImmediate(resolve, 'adopted'));
    const result = locks.request('c', () => ({ then }));
    const next = locks.request('c', () => 'next');
    expect(await result).toBe('adopted');
    expect(await next).toBe('next');
    expect(then).toHaveBeenCalledTimes(1);
  });

  test('it runs in the async context of request(), granted at once or later', async () => {
    const storage = new AsyncLocalStorage<number>();
    const { release, gave } = await held('c');
    const later = storage.run(1, () => locks.request('c', () => storage.getStore()));
    release();
    await gave;
    expect(await later).toBe(1);
    expect(await storage.run(2, () => locks.request('c', () => storage.getStore()))).toBe(2);
  });
});

describe('modes', () => {
  test('shared locks are held together, exclusive ones are not, and nobody is overtaken', async () => {
    const first = await held('m', { mode: 'shared' });
    const second = await held('m', { mode: 'shared' });
    const order: string[] = [];
    const all = [
      locks.request('m', () => void order.push('writes')),
      locks.request('m', { mode: 'shared' }, () => void order.push('reads')),
      locks.request('m', { mode: 'shared' }, () => void order.push('reads too')),
      locks.request('m', () => void order.push('writes again')),
    ];
    expect((await locks.query()).pending.map(({ mode }) => mode)).toEqual([
      'exclusive',
      'shared',
      'shared',
      'exclusive',
    ]);
    expect(await locks.request('m', { mode: 'shared', ifAvailable: true }, (lock) => lock)).toBeNull();
    first.release();
    await turns(2);
    expect(order).toEqual([]);
    second.release();
    await Promise.all(all);
    expect(order).toEqual(['writes', 'reads', 'reads too', 'writes again']);
  });
});

describe('signal', () => {
  test('one that has aborted rejects with its reason, and nothing is requested', async () => {
    const callback = vi.fn();
    const reason = { of: 'mine' };
    const aborted = failure(locks.request('s', { signal: AbortSignal.abort(reason) }, callback));
    expect(await locks.query()).toEqual({ held: [], pending: [] });
    expect(await aborted).toBe(reason);
    expect((await failure(locks.request('s', { signal: AbortSignal.abort() }, callback))).name).toBe('AbortError');
    expect(callback).not.toHaveBeenCalled();
  });

  test('an abort in the tick of request() beats a lock that is granted', async () => {
    const controller = new AbortController();
    const callback = vi.fn();
    const aborted = locks.request('s', { signal: controller.signal }, callback);
    controller.abort('why');
    expect(await failure(aborted)).toBe('why');
    expect(callback).not.toHaveBeenCalled();
  });

  test('an abort ends the wait, and who stands behind passes', async () => {
    const { release, gave } = await held('s', { mode: 'shared' });
    const controller = new AbortController();
    const callback = vi.fn();
    const waits = locks.request('s', { signal: controller.signal }, callback);
    const behind = locks.request('s', { mode: 'shared' }, () => 'passed');
    controller.abort();
    expect(await failure(waits)).toBe(controller.signal.reason);
    expect(await behind).toBe('passed');
    release();
    await gave;
    expect(callback).not.toHaveBeenCalled();
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  test('an abort between the grant and the callback gives the lock back', async () => {
    const { release, gave } = await held('s');
    const controller = new AbortController();
    const callback = vi.fn();
    const waits = locks.request('s', { signal: controller.signal }, callback);
    const behind = locks.request('s', () => 'passed');
    release();
    await gave; // granted, and this loop has not looked
    controller.abort('late');
    expect(await failure(waits)).toBe('late');
    expect(await behind).toBe('passed');
    expect(callback).not.toHaveBeenCalled();
  });

  test('once the lock is held an abort does nothing, and nobody listens', async () => {
    for (const busy of [false, true]) {
      const before = busy ? await held('s') : undefined;
      const controller = new AbortController();
      const result = locks.request('s', { signal: controller.signal }, async () => {
        expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
        controller.abort();
        await turns(2);
        return 'undisturbed';
      });
      before?.release();
      await before?.gave;
      expect(await result).toBe('undisturbed');
    }
  });
});

describe('steal', () => {
  test('takes the lock from its holder, whose promise rejects; those who wait go on waiting; a late release changes nothing', async () => {
    const victim = await held('t');
    const lost = failure(victim.gave);
    const waits = locks.request('t', () => 'waited');
    const thief = await held('t', { steal: true });
    expect(await lost).toMatchObject({ name: 'AbortError', code: 20 });
    victim.release('late');
    await turns(2);
    expect((await locks.query()).held).toHaveLength(1);
    const robbed = failure(thief.gave);
    expect(await locks.request('t', { steal: true }, () => 'last')).toBe('last');
    expect((await robbed).name).toBe('AbortError');
    thief.release();
    expect(await waits).toBe('waited');
  });

  test('all who share it lose it; one that nobody holds is just granted', async () => {
    const shared = [await held('t', { mode: 'shared' }), await held('t', { mode: 'shared' })];
    const lost = shared.map(({ gave }) => failure(gave));
    expect(await locks.request('t', { steal: true }, () => 'stolen')).toBe('stolen');
    expect((await Promise.all(lost)).map(({ name }) => name)).toEqual(['AbortError', 'AbortError']);
    for (const { release } of shared) release();
    expect(await locks.request('t', { steal: true }, ({ mode }) => mode)).toBe('exclusive');
  });
});

describe('beyond the standard', () => {
  test('timeout: rejects with a TimeoutError, and has left the queue', async () => {
    const { release, gave } = await held('b');
    for (const timeout of [0, 1, 20]) {
      const callback = vi.fn();
      const error = await failure(locks.request('b', { timeout }, callback));
      expect(error).toMatchObject({ name: 'TimeoutError', code: 'ERR_TIMEOUT' });
      expect(error.message).toContain('request() of the lock "b"');
      expect((await locks.query()).pending).toEqual([]);
      expect(callback).not.toHaveBeenCalled();
    }
    const waits = locks.request('b', { timeout: 60_000 }, () => turns(2).then(() => 'in time'));
    release();
    await gave;
    expect(await within('the lock', waits)).toBe('in time');
    expect(await locks.request('b', { timeout: 0 }, () => 'free')).toBe('free');
  });
});

describe('interfaces', () => {
  test('LockManager and Lock are not to be made, and say what they are', async () => {
    for (const each of [LockManager, Lock]) {
      expect(() => new (each as unknown as new () => object)()).toThrow(
        expect.objectContaining({ name: 'TypeError', code: 'ERR_ILLEGAL_CONSTRUCTOR', message: 'Illegal constructor' }),
      );
      expect(each.length).toBe(0);
      expect(Object.getOwnPropertyDescriptor(each.prototype, Symbol.toStringTag)).toEqual({
        value: each.name,
        writable: false,
        enumerable: false,
        configurable: true,
      });
    }
    expect(Object.keys(LockManager.prototype)).toEqual(['request', 'query']);
    expect(Object.keys(Lock.prototype)).toEqual(['name', 'mode']);
    expect([LockManager.prototype.request.length, LockManager.prototype.query.length]).toEqual([2, 0]);
    expect(`${locks}`).toBe('[object LockManager]');
    expect(await locks.request('i', { mode: 'shared' }, (lock) => [`${lock}`, lock.name, lock.mode])).toEqual([
      '[object Lock]',
      'i',
      'shared',
    ]);
  });

  test('a method on something else rejects, a getter throws', async () => {
    for (const self of [undefined, {}, Object.create(LockManager.prototype), Lock.prototype]) {
      for (const method of ['request', 'query']) {
        const error = await failure(any[method].call(self, 'n', () => {}));
        expect([error.name, error.code]).toEqual(['TypeError', 'ERR_INVALID_THIS']);
      }
      for (const member of ['name', 'mode']) {
        const getter = Object.getOwnPropertyDescriptor(Lock.prototype, member)?.get;
        expect(() => getter?.call(self)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_THIS' }));
      }
    }
  });
});
