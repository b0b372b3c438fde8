/**
 * The rules of tokio's own tests for tokio::sync::Barrier, in tests of our own.
 *
 * Source: tokio-rs/tokio (1.53.1), tokio/tests/sync_barrier.rs at ea91b33ca57f, under MIT. Its rules were read, no text was
 * taken.
 *
 * | there | here |
 * |---|---|
 * | barrier_future_is_send | a matter of Rust's types; that a barrier goes to other threads is tested in jsr166-cyclic-barrier.test.ts |
 * | zero_does_not_block | there a barrier of 0 is one of 1; here it is refused |
 * | single | of one party nobody waits, and it leads |
 * | tango | two wait for each other, and one of them leads |
 * | lots | a hundred wait for each other, ten times, and one leads each time |
 */
import { Barrier } from '@eventfd/semaphore';
import { expect, test } from 'vitest';
import { within } from '../support/deadline.js';
import { outOfRange } from '../support/errors.js';
import { isPending } from '../support/pending.js';

const leaders = (results: readonly { leader: boolean }[]) => results.filter(({ leader }) => leader).length;

test('a barrier of 0 is refused', () => {
  expect(() => new Barrier(0)).toThrow(outOfRange('parties', 0));
});

test('of one party nobody waits, and it leads', async () => {
  using barrier = new Barrier(1);
  for (let i = 0; i < 3; i++) {
    expect(await within('the party', barrier.wait(), barrier)).toEqual({ leader: true });
    expect(barrier.waitSync()).toEqual({ leader: true });
  }
});

test('two wait for each other, and one of them leads', async () => {
  using barrier = new Barrier(2);
  const first = barrier.wait();
  expect(await isPending(first)).toBe(true);
  const second = barrier.wait();
  expect(leaders(await within('both', Promise.all([first, second]), barrier))).toBe(1);
});

test('a hundred wait for each other, ten times, and one leads each time', async () => {
  using barrier = new Barrier(100);
  for (let round = 0; round < 10; round++) {
    const waits = Array.from({ length: 99 }, () => barrier.wait());
    expect(await isPending(Promise.race(waits))).toBe(true);
    expect(barrier.waiting).toBe(99);
    const last = barrier.wait();
    expect(leaders(await within('all', Promise.all([...waits, last]), barrier))).toBe(1);
    expect([barrier.waiting, barrier.broken]).toEqual([0, false]);
  }
});
