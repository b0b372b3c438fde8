import { Event, Latch, Semaphore, Signal } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { within } from '../support/deadline.js';

const gates = {
  'a manual-reset Event that is set': () => {
    const event = new Event();
    return { gate: event, open: () => void event.set(), shut: () => void event.reset() };
  },
  'a Latch that is down': () => {
    const latch = new Latch(1);
    return { gate: latch, open: () => void latch.countDown(), shut: () => {} };
  },
};

describe.each(Object.entries(gates))(
  '%s: what happened first counts, since nothing is handed on by an abort',
  (_, make) => {
    test('an abort after it, which nobody has seen yet, comes too late', async () => {
      const { gate, open, shut } = make();
      const abort = new AbortController();
      const wait = gate.wait({ signal: abort.signal });
      open();
      shut();
      abort.abort('enough');
      await within('the wait', wait, gate);
      expect(gate.waiting).toBe(0);
    });

    test('an abort before it ends the wait', async () => {
      const { gate, open } = make();
      const abort = new AbortController();
      const wait = gate.wait({ signal: abort.signal });
      abort.abort('enough');
      open();
      await expect(wait).rejects.toBe('enough');
    });
  },
);

describe('what is taken from others goes to the next by an abort', () => {
  test('a permit', async () => {
    const semaphore = new Semaphore(1, { fair: true });
    const held = semaphore.tryAcquire();
    const abort = new AbortController();
    const wait = semaphore.acquire({ signal: abort.signal });
    held?.release();
    expect(semaphore.available).toBe(0);
    abort.abort('enough');
    await expect(wait).rejects.toBe('enough');
    expect(semaphore.available).toBe(1);
  });

  test('the set of an auto-reset Event, and a post', async () => {
    const event = new Event({ autoReset: true });
    const signal = new Signal();
    const abort = new AbortController();
    const waits = [event.wait({ signal: abort.signal }), signal.wait({ signal: abort.signal })];
    event.set();
    signal.post();
    abort.abort('enough');
    for (const wait of waits) await expect(wait).rejects.toBe('enough');
    expect([event.isSet, signal.count]).toEqual([true, 1]);
  });
});
