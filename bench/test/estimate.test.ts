import { describe, expect, it } from 'vitest';
import { clock, Estimate } from '../dist/harness/estimate.js';

describe('how long the rest takes', () => {
  it('nobody knows before anything has run', () => {
    const estimate = new Estimate();
    estimate.plan('short', 10);
    expect(estimate.left()).toBeUndefined();
  });

  it('goes by what runs of the same case took, and by all of them for a case that has not begun', () => {
    const estimate = new Estimate();
    estimate.plan('short', 3);
    estimate.plan('long', 3);
    estimate.plan('later', 2);
    estimate.ran('short', 1);
    expect(estimate.left()).toBe(2 + 3 + 2);
    estimate.ran('long', 9);
    expect(estimate.left()).toBe(2 * 1 + 2 * 9 + 2 * 5);
  });

  it('goes by what a case says of itself, until it has run', () => {
    const estimate = new Estimate();
    estimate.plan('short', 2);
    estimate.plan('long', 10, 20);
    estimate.plan('later', 3);
    estimate.ran('short', 2);
    expect(estimate.left()).toBe(2 + 10 * 20 + 3 * 2);
    // It says nothing of the others.
    estimate.ran('long', 30);
    expect(estimate.left()).toBe(2 + 9 * 30 + 3 * 2);
  });

  it('grows with what is planned, and is never below nothing', () => {
    const estimate = new Estimate();
    estimate.plan('short', 1);
    estimate.ran('short', 2);
    estimate.ran('short', 2);
    expect(estimate.left()).toBe(0);
    estimate.plan('short', 3);
    expect(estimate.left()).toBe(4);
    expect(estimate.planned).toBe(4);
  });

  it('is said in minutes', () => {
    expect([0, 59.6, 125, 3600].map(clock)).toEqual(['0:00', '1:00', '2:05', '60:00']);
  });
});
