/** Timers and clocks that are not Node's own: a browser's, a test runner's, none. */
import { mock } from 'node:test';
import { afterEach, describe, expect, test } from 'vitest';
import { turns, within } from '../support/deadline.js';
import { atBarrier, expectNothingLeft, timedWaits } from '../support/waits.js';

const timedOut = expect.objectContaining({ code: 'ERR_TIMEOUT' });
const own = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };

function replace(timers: { setTimeout?: unknown; clearTimeout?: unknown }): void {
  Object.assign(globalThis, timers);
}

afterEach(() => {
  mock.timers.reset();
  replace(own);
});

describe.each(Object.entries(timedWaits))('%s', (_, make) => {
  test("a timer that is a number, as a browser's, ends it", async () => {
    const waited = make();
    const timers = new Map<number, NodeJS.Timeout>();
    replace({
      setTimeout: (run: () => void, ms: number) => {
        timers.set(timers.size + 1, own.setTimeout(run, ms));
        return timers.size;
      },
      clearTimeout: (id: number) => own.clearTimeout(timers.get(id)),
    });
    await expect(within('the timeout', waited.wait({ timeout: 5 }))).rejects.toThrow(timedOut);
    replace(own);
    await expectNothingLeft(waited);
  });

  test('a mocked timer ends it when it is ticked, and a clock is not asked', async () => {
    const waited = make();
    mock.timers.enable({ apis: ['setTimeout'] });
    const wait = waited.wait({ timeout: 3_600_000 });
    const given = expect(wait).rejects.toThrow(timedOut);
    await turns(5);
    mock.timers.tick(3_599_999);
    await turns(2);
    mock.timers.tick(1);
    mock.timers.reset();
    await within('the timeout', given, waited);
    await expectNothingLeft(waited);
  });

  test('a mocked timer ends one that is longer than timers can be', async () => {
    const waited = make();
    const pending: { run: () => void; ms: number }[] = [];
    replace({ setTimeout: (run: () => void, ms: number) => pending.push({ run, ms }), clearTimeout: () => {} });
    const given = expect(waited.wait({ timeout: 2 ** 33 })).rejects.toThrow(timedOut);
    await turns(5);
    let passed = 0;
    for (let timer = pending.shift(); timer !== undefined; timer = pending.shift()) {
      expect(timer.ms).toBeLessThan(2 ** 31);
      passed += timer.ms;
      timer.run();
    }
    expect(passed).toBe(2 ** 33);
    replace(own);
    await within('the timeout', given, waited);
    await expectNothingLeft(waited);
  });

  test('a timer that fires before setTimeout returns ends it', async () => {
    const waited = make();
    replace({ setTimeout: (run: () => void) => run() });
    const given = expect(waited.wait({ timeout: 50 })).rejects.toThrow(timedOut);
    await turns(5);
    replace(own);
    await within('the timeout', given, waited);
    await expectNothingLeft(waited);
  });

  test('a setTimeout that throws is told, and leaves nothing behind', async () => {
    const waited = make();
    const error = new Error('no timers here');
    replace({
      setTimeout: () => {
        throw error;
      },
    });
    const given = expect(waited.wait({ timeout: 50 })).rejects.toBe(error);
    await turns(5);
    replace(own);
    await within('the rejection', given, waited);
    await expectNothingLeft(waited);
  });

  test.each([
    ['missing', undefined],
    [
      'throwing',
      () => {
        throw new Error('cannot clear');
      },
    ],
  ])('a clearTimeout that is %s by then keeps nobody from what was granted', async (_, clearTimeout) => {
    const waited = make();
    const wait = waited.wait({ timeout: 60_000 });
    await turns(5);
    replace({ clearTimeout });
    waited.open();
    // Its deadline needs no timer that is cleared.
    await wait;
    replace(own);
  });

  test('and so does one that comes with its setTimeout', async () => {
    const waited = make();
    replace({
      setTimeout: () => ({}),
      clearTimeout: () => {
        throw new Error('cannot clear');
      },
    });
    const wait = waited.wait({ timeout: 60_000 });
    await turns(5);
    replace(own);
    waited.open();
    await within('the wait', wait, waited);
  });
});

test('a mocked timer ends a wait at a Barrier, and breaks it', async () => {
  const waited = atBarrier();
  mock.timers.enable({ apis: ['setTimeout'] });
  const given = expect(waited.wait({ timeout: 1000 })).rejects.toThrow(timedOut);
  const other = expect(waited.wait()).rejects.toThrow(expect.objectContaining({ code: 'ERR_BARRIER_BROKEN' }));
  await turns(5);
  mock.timers.tick(1000);
  mock.timers.reset();
  await within('both', Promise.all([given, other]), waited);
  expect(waited.waiting).toBe(0);
});
