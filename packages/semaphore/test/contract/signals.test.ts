/** What ends a wait by its signal, whatever the signal is made of and whoever else listens to it. */

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { turns, within } from '../support/deadline.js';
import { atBarrier, expectNothingLeft, waits } from '../support/waits.js';

const gaveUp = expect.objectContaining({ name: 'AbortError' });

/** What a polyfill or another realm has: nothing of it is Node's AbortSignal. */
class ForeignSignal extends EventTarget {
  aborted = false;
  reason: unknown;

  abort(reason?: unknown): void {
    this.aborted = true;
    this.reason = reason;
    this.dispatchEvent(new Event('abort'));
  }
}

/** The least that Node's own APIs take for a signal: no reason, no throwIfAborted, no event. */
class LeastSignal {
  aborted = false;
  readonly listeners = new Set<() => void>();

  addEventListener(_: string, listener: () => void): void {
    this.listeners.add(listener);
  }

  removeEventListener(_: string, listener: () => void): void {
    this.listeners.delete(listener);
  }

  abort(): void {
    this.aborted = true;
    for (const listener of this.listeners) listener();
  }
}

describe.each(Object.entries(waits))('%s', (name, make) => {
  test('fifty waits under one signal listen once, warn of nothing, and stop listening when the last is over', async () => {
    const waited = make();
    const abort = new AbortController();
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on('warning', note);
    const all = Array.from({ length: 50 }, () => waited.wait({ signal: abort.signal }));
    const given = Promise.all(all.map((wait) => expect(wait).rejects.toThrow(gaveUp)));
    await turns(5);
    expect(getEventListeners(abort.signal, 'abort').length).toBe(1);
    abort.abort();
    await within('the waits', given, waited);
    await turns(5);
    process.off('warning', note);
    expect(warnings).toEqual([]);
    await expectNothingLeft(waited);
  });

  test('one that passes listens no more', async () => {
    const waited = make();
    const { signal } = new AbortController();
    const wait = waited.wait({ signal });
    await turns(5);
    expect(getEventListeners(signal, 'abort').length).toBe(1);
    waited.open();
    await within('the wait', wait, waited);
    expect(getEventListeners(signal, 'abort').length).toBe(0);
  });

  test("nobody's stopImmediatePropagation hides the abort", async () => {
    const waited = make();
    const abort = new AbortController();
    abort.signal.addEventListener('abort', (event) => event.stopImmediatePropagation());
    const given = expect(waited.wait({ signal: abort.signal })).rejects.toThrow(gaveUp);
    await turns(5);
    abort.abort();
    await within('the wait', given, waited);
    await expectNothingLeft(waited);
  });

  test.each([undefined, 'enough'])('a signal that is not Node’s, with the reason %s, ends it', async (reason) => {
    const waited = make();
    const signal = new ForeignSignal();
    const wait = waited.wait({ signal: signal as never });
    const given = reason === undefined ? expect(wait).rejects.toThrow(gaveUp) : expect(wait).rejects.toBe(reason);
    await turns(5);
    signal.abort(reason);
    await within('the wait', given, waited);
    const late = waited.wait({ signal: signal as never });
    await (reason === undefined ? expect(late).rejects.toThrow(gaveUp) : expect(late).rejects.toBe(reason));
    await expectNothingLeft(waited);
  });

  test('the least that Node takes for a signal ends it, and is left alone afterwards', async () => {
    const waited = make();
    const signal = new LeastSignal();
    const given = expect(waited.wait({ signal: signal as never })).rejects.toThrow(gaveUp);
    await turns(5);
    expect(signal.listeners.size).toBe(1);
    signal.abort();
    await within('the wait', given, waited);
    expect(signal.listeners.size).toBe(0);
    await expectNothingLeft(waited);
  });

  test('a signal that cannot stop telling keeps nobody from what was granted', async () => {
    const waited = make();
    const signal = Object.assign(new LeastSignal(), {
      removeEventListener() {
        throw new Error('not removed');
      },
    });
    const wait = waited.wait({ signal: signal as never });
    await turns(5);
    waited.open();
    await within('the wait', wait, waited);
    signal.abort();
  });

  test.each(['aborted', 'addEventListener'])(
    'what throws from a signal’s %s is told, and leaves nothing',
    async (key) => {
      const waited = make();
      for (const times of [0, 1, 2, 3]) {
        const error = new Error(`thrown by ${key}`);
        let left = times;
        const signal = Object.defineProperty(new LeastSignal(), key, {
          get() {
            if (left-- <= 0) throw error;
            return key === 'aborted' ? false : () => {};
          },
        });
        const wait = waited.wait({ signal: signal as never }).catch((reason) => reason);
        await turns(5);
        // Asked less often than that, it did not throw.
        if (left >= 0) waited.open();
        expect([error, undefined]).toContain(await within('the wait', wait, waited));
        expect(waited.waiting).toBe(0);
        if (left >= 0) return;
      }
      await expectNothingLeft(waited);
    },
  );

  test('an abort by the last option that is read is heard', async () => {
    const waited = make();
    const keys = name === 'limit().whenBelow' ? ['signal'] : ['signal', 'timeout', 'ref', 'permits'];
    for (const key of keys) {
      const abort = new AbortController();
      const options = { signal: abort.signal };
      Object.defineProperty(options, key, {
        enumerable: true,
        get() {
          abort.abort();
          return key === 'signal' ? abort.signal : undefined;
        },
      });
      const wait = waited.wait(options);
      // Not every class has every option.
      if (abort.signal.aborted) await expect(within('the wait', wait, waited)).rejects.toThrow(gaveUp);
      else abort.abort();
      await wait.catch(() => {});
    }
    await expectNothingLeft(waited);
  });
});

describe('an abort by a subscriber', () => {
  const own = Object.entries({ ...waits, Barrier: atBarrier }).filter(([name]) => !/Fd|whenBelow/.test(name));

  test.each(own)('%s: of eventfd:wait:start is heard', async (_, make) => {
    const waited = make();
    const abort = new AbortController();
    const reason = new Error('too many wait');
    const shed = () => abort.abort(reason);
    subscribe('eventfd:wait:start', shed);
    const wait = waited.wait({ signal: abort.signal });
    const given = expect(wait).rejects.toBe(reason);
    await turns(3);
    unsubscribe('eventfd:wait:start', shed);
    await within('the wait', given, waited);
    expect(waited.waiting).toBe(0);
    // A barrier that was not arrived at is whole.
    const next = [waited.wait(), waited.wait().catch(() => {})];
    await turns(3);
    waited.open();
    await within('the next', next[0] as Promise<void>, waited);
  });
});

test('what cannot be a signal is refused by every wait', async () => {
  for (const make of Object.values({ ...waits, Barrier: atBarrier })) {
    const waited = make();
    for (const signal of [null, 1, 'signal', () => {}, {}, [], new EventTarget(), { aborted: false }]) {
      const wait = waited.wait({ signal: signal as never });
      await expect(wait).rejects.toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
      expect(waited.waiting).toBe(0);
    }
  }
});
