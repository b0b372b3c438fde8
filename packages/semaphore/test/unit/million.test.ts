import { Semaphore } from '@eventfd/semaphore';
import { expect, test } from 'vitest';

const COUNT = 1_000_000;

test('a million semaphores take 64 bytes of shared memory each, and all work', () => {
  const cells = new Set<number>();
  const sample: Semaphore[] = [];
  let last: Semaphore | undefined;
  for (let i = 0; i < COUNT; i++) {
    last = new Semaphore(i % 1000);
    cells.add(last.handle.cell);
    if (i % 10_000 === 0) sample.push(last);
  }
  expect(cells.size).toBe(COUNT);
  const bytes = Math.max(...sample.map(({ handle }) => handle.cell), last?.handle.cell ?? 0) + 64;
  expect(bytes / COUNT).toBeLessThanOrEqual(64.1);
  for (const [i, semaphore] of sample.entries()) {
    expect(semaphore.permits).toBe((i * 10_000) % 1000);
    semaphore.grow(1);
    semaphore.acquireSync().release();
    expect(semaphore.available).toBe(semaphore.permits);
  }
});
