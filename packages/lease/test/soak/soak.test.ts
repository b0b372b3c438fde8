import { expect, test } from 'vitest';
import { subjects } from '../support/engines.js';
import { DEADLINE_MS, soak } from '../support/soak.js';

test.each(subjects)(
  '$title: ten seconds of everything that goes wrong: never more held than there are, and everything back',
  async ({ server = 'machine' }) => {
    const printed = await soak('--minutes', '0.17', '--engines', server);
    expect(printed).toMatch(/^Nothing over the limit, everything back\.$/m);
    expect(Number(/: (\d+) holds/.exec(printed)?.[1])).toBeGreaterThan(100);
  },
  DEADLINE_MS,
);
