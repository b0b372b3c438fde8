/** `for await` over a Signal and an EventFd: how it ends, what it takes, and what it leaves to the rest of its thread. */
import { mock } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { Event, Signal } from '@eventfd/semaphore';
import { EventFd } from 'eventfd';
import { afterEach, describe, expect, test } from 'vitest';
import { turns, within } from '../support/deadline.js';
import { isPending } from '../support/pending.js';

interface Streamed {
  values(options?: { signal?: AbortSignal; ref?: boolean }): AsyncGenerator<unknown, void, undefined>;
  [Symbol.asyncIterator](): AsyncGenerator<unknown, void, undefined>;
  /** Lets one value come. */
  post(): void;
  /** Takes what is there: how much that was. */
  take(): number;
  close(): void;
  wait(): Promise<unknown>;
}

const kinds: Record<string, () => Streamed> = {
  Signal: () => {
    const signal = new Signal();
    return Object.assign(signal as unknown as Streamed, { take: () => signal.takeAll() });
  },
  EventFd: () => {
    const efd = new EventFd();
    return Object.assign(efd as unknown as Streamed, {
      post: () => void efd.tryWrite(1),
      take: () => Number(efd.tryRead() ?? 0n),
      wait: () => efd.read(),
    });
  },
};

const done = { done: true, value: undefined };
const one = { done: false, value: expect.toSatisfy((value) => Number(value) === 1) };

afterEach(() => mock.timers.reset());

describe.each(Object.entries(kinds))('%s', (_, make) => {
  test.each(['return', 'dispose', 'throw'])('%s ends a next() that waits, which has taken nothing', async (how) => {
    const source = make();
    const stream = source.values();
    const next = stream.next();
    expect(await isPending(next)).toBe(true);
    const error = new Error('enough');
    if (how === 'return') expect(await within('return()', stream.return())).toEqual(done);
    if (how === 'dispose') await within('dispose', stream[Symbol.asyncDispose]());
    if (how === 'throw') await expect(within('throw()', stream.throw(error))).rejects.toBe(error);
    expect(await within('the next', next)).toEqual(done);
    expect(await stream.next()).toEqual(done);
    source.post();
    await turns(3);
    expect(source.take()).toBe(1);
  });

  test('return() after the post and before anybody saw it: done, and the post is there for others', async () => {
    const source = make();
    const stream = source.values();
    const next = stream.next();
    await turns(3);
    source.post();
    const returned = stream.return();
    expect(await within('both', Promise.all([next, returned]))).toEqual([done, done]);
    expect(source.take()).toBe(1);
  });

  test('return() once the value is on its way: the next() has it, and the stream is done', async () => {
    const source = make();
    source.post();
    const stream = source.values();
    const next = stream.next();
    const returned = stream.return();
    expect(await within('both', Promise.all([next, returned]))).toEqual([one, done]);
    expect(await stream.next()).toEqual(done);
  });

  test('several next() are served in their order, and return() ends all that wait', async () => {
    const source = make();
    const stream = source.values();
    const order: number[] = [];
    const all = [0, 1, 2, 3].map((i) =>
      stream.next().then((result) => {
        order.push(i);
        return result;
      }),
    );
    for (const i of [0, 1]) {
      source.post();
      expect(await within('a value', all[i] as Promise<unknown>)).toEqual(one);
      await turns(2);
    }
    await within('return()', stream.return());
    expect(await Promise.all(all.slice(2))).toEqual([done, done]);
    expect(order).toEqual([0, 1, 2, 3]);
  });

  test('an abort ends a loop that waits, with the reason, and takes nothing', async () => {
    const source = make();
    const abort = new AbortController();
    const reason = new Error('not any more');
    const seen: unknown[] = [];
    const loop = (async () => {
      for await (const value of source.values({ signal: abort.signal })) seen.push(value);
    })();
    const given = expect(loop).rejects.toBe(reason);
    source.post();
    await turns(3);
    abort.abort(reason);
    await within('the loop', given);
    source.post();
    await turns(3);
    expect([seen.length, source.take()]).toEqual([1, 1]);
  });

  test('after an abort the first next() rejects with the reason, and those after it are done', async () => {
    const source = make();
    const stream = source.values({ signal: AbortSignal.abort('before') });
    source.post();
    await expect(stream.next()).rejects.toBe('before');
    expect(await stream.next()).toEqual(done);
    expect(source.take()).toBe(1);

    const abort = new AbortController();
    const later = source.values({ signal: abort.signal });
    const waiting = [later.next(), later.next()];
    await turns(2);
    abort.abort('now');
    const ends = await within('both', Promise.allSettled(waiting));
    expect(ends).toEqual([
      { status: 'rejected', reason: 'now' },
      { status: 'fulfilled', value: done },
    ]);
  });

  test('closing ends it, whether it waits or is asked, and return() of one that is over is done', async () => {
    const source = make();
    const stream = source.values();
    const next = stream.next();
    await turns(2);
    source.close();
    expect(await within('the next', next)).toEqual(done);
    expect([await stream.next(), await stream.return(), await source.values().next()]).toEqual([done, done, done]);
  });

  test('what cannot be options is refused at once', () => {
    const source = make();
    for (const options of [null, 1, { signal: 1 }, { ref: 'yes' }]) {
      expect(() => source.values(options as never)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
    }
  });

  test('who posts to itself leaves the loop its turns: timers fire, messages come', async () => {
    const source = make();
    const { port1, port2 } = new MessageChannel();
    const came = { timer: false, immediate: false, message: false };
    const timer = setTimeout(() => {
      came.timer = true;
    }, 1);
    setImmediate(() => {
      came.immediate = true;
    });
    port2.once('message', () => {
      came.message = true;
    });
    port1.postMessage('');
    const start = process.hrtime.bigint();
    source.post();
    for await (const _ of source) {
      if (Object.values(came).every(Boolean) || process.hrtime.bigint() - start > 20_000_000_000n) break;
      source.post();
    }
    clearTimeout(timer);
    port1.close();
    expect(came).toEqual({ timer: true, immediate: true, message: true });
  });

  test('so does a loop of single waits', async () => {
    const source = make();
    let fired = false;
    const timer = setTimeout(() => {
      fired = true;
    }, 1);
    const start = process.hrtime.bigint();
    while (!fired && process.hrtime.bigint() - start < 20_000_000_000n) {
      source.post();
      await source.wait();
    }
    clearTimeout(timer);
    expect(fired).toBe(true);
  });

  test('and needs no timers of JavaScript for it, which may be fake', async () => {
    const source = make();
    mock.timers.enable({ apis: ['setTimeout', 'setImmediate', 'setInterval'] });
    const { port1, port2 } = new MessageChannel();
    let came = false;
    port2.once('message', () => {
      came = true;
    });
    port1.postMessage('');
    source.post();
    const start = process.hrtime.bigint();
    for await (const _ of source) {
      if (came || process.hrtime.bigint() - start > 20_000_000_000n) break;
      source.post();
    }
    port1.close();
    expect(came).toBe(true);
  });
});

test('a loop of waits for an Event that is set leaves the loop its turns', async () => {
  const event = new Event();
  event.set();
  let fired = false;
  const timer = setTimeout(() => {
    fired = true;
  }, 1);
  const start = process.hrtime.bigint();
  while (!fired && process.hrtime.bigint() - start < 20_000_000_000n) await event.wait();
  clearTimeout(timer);
  expect(fired).toBe(true);
});
