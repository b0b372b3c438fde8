import { expect, test } from 'vitest';
import { Evidence, planFor } from '../dist/evidence.js';

test('the evidence would show one too many', () => {
  // No company to wait for: this thread plays all workers.
  const evidence = new Evidence({ ...planFor(2, 10, false), company: 0 });
  for (let worker = 0; worker < 3; worker++) evidence.enter();
  for (let worker = 0; worker < 3; worker++) evidence.leave();
  expect(evidence.highest).toBe(3);
});

test('a worker that was buried is not counted, and those after it are counted apart', () => {
  const evidence = new Evidence({ ...planFor(2, 10, true), company: 1, companyAfterKill: 1 });
  expect(evidence.enter()).toBe(true);
  evidence.bury();
  expect(evidence.highestAfterKill).toBe(0);
  expect(evidence.enter()).toBe(false);
  expect(evidence.enter()).toBe(false);
  expect(evidence.highestAfterKill).toBe(2);
  expect(evidence.highest).toBe(2);
});
