/** The look of `acquireSync` and the like before a wait: what it takes, and what it leaves to the wait. */
import { availableParallelism } from 'node:os';
import { native } from 'eventfd/internal';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Semaphore } from '../../dist/index.js';

const [TAKEN, NOT_NOW] = [1, 0];

// Of n cores n - 1 threads look, less those that hold it: with permits for all cores nobody does.
beforeAll(() => native.setMostSpinning(8));
afterAll(() => native.setMostSpinning(availableParallelism() - 1));

/** What the published types leave out. */
interface Inside {
  readonly core: { readonly cell: { readonly attachment: number } };
}

/** This thread's attachment to it. */
function attachmentOf(semaphore: Semaphore): number {
  using permit = semaphore.acquireSync();
  return (permit as unknown as Inside).core.cell.attachment;
}

it('takes what is free, and notes it', () => {
  const semaphore = new Semaphore(3);
  const attachment = attachmentOf(semaphore);
  expect(native.spinSync(attachment, 2)).toBe(TAKEN);
  expect(semaphore.available).toBe(1);
  // The ledger says so: else this would be refused.
  expect(native.forget(attachment, 2)).toBe(true);
  expect(semaphore.permits).toBe(1);
});

it('takes nothing of what is not all there', () => {
  const semaphore = new Semaphore(2);
  const attachment = attachmentOf(semaphore);
  expect(native.spinSync(attachment, 3)).toBe(NOT_NOW);
  expect(semaphore.available).toBe(2);
  expect(native.forget(attachment, 1)).toBe(false);
});

it('takes nothing past who is owed it', () => {
  const semaphore = new Semaphore(2, { fair: true });
  const attachment = attachmentOf(semaphore);
  const permit = semaphore.acquireSync();
  const waiting = semaphore.acquire({ permits: 2 });
  expect(native.spinSync(attachment, 1)).toBe(NOT_NOW);
  permit.release();
  return waiting.then((both) => expect(both.count).toBe(2));
});

it('leaves it to the wait to say that it is closed', () => {
  const semaphore = new Semaphore(1);
  const attachment = attachmentOf(semaphore);
  semaphore.close();
  expect(native.spinSync(attachment, 1)).toBe(NOT_NOW);
  expect(() => semaphore.acquireSync()).toThrow(expect.objectContaining({ code: 'ERR_SEMAPHORE_CLOSED' }));
});

it.each([0, -1, 2 ** 31])('takes %s permits of nothing', (permits) => {
  const semaphore = new Semaphore(1);
  expect(native.spinSync(attachmentOf(semaphore), permits)).toBe(NOT_NOW);
  expect(native.spinSync(4_000_000_000, 1)).toBe(NOT_NOW);
  expect(semaphore.available).toBe(1);
});
