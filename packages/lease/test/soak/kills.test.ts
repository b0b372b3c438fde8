import { expect, test } from 'vitest';
import { subjects } from '../support/engines.js';
import { DEADLINE_MS, soak } from '../support/soak.js';

test.each(subjects)(
  '$title: twelve kill -9: none is lost',
  async ({ server = 'machine' }) => {
    expect(await soak('--kills', '12', '--engines', server)).toMatch(/: 12 kills, 0 permits lost/);
  },
  DEADLINE_MS,
);
