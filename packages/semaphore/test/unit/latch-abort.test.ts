import { Latch } from '@eventfd/semaphore';
import { expect, test } from 'vitest';
import { turns, within } from '../support/deadline.js';

test('arriveAndWait has counted down whenever the signal aborts', async () => {
  for (const when of ['before', 'after']) {
    using latch = new Latch(2);
    const abort = new AbortController();
    const reason = new Error('not needed');
    if (when === 'before') abort.abort(reason);
    const given = expect(latch.arriveAndWait({ signal: abort.signal })).rejects.toBe(reason);
    expect([when, latch.count]).toEqual([when, 1]);
    await turns(2);
    abort.abort(reason);
    await within('the wait', given, latch);
    expect([when, latch.count, latch.waiting]).toEqual([when, 1, 0]);
  }
});

test('the last to arrive, with a signal that has aborted, opens it for the others', async () => {
  using latch = new Latch(2);
  const other = latch.arriveAndWait();
  await expect(latch.arriveAndWait({ signal: AbortSignal.abort('late') })).rejects.toBe('late');
  await within('the other', other, latch);
});

test('options that are refused have not counted down', async () => {
  using latch = new Latch(2);
  for (const options of [{ timeout: -1 }, { signal: 1 }, { ref: 1 }, null, 1]) {
    await expect(latch.arriveAndWait(options as never)).rejects.toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^ERR_/) }),
    );
    expect(latch.count).toBe(2);
  }
  expect(() => latch.arriveAndWaitSync({ timeout: -1 })).toThrow(RangeError);
  expect(latch.count).toBe(2);
});
