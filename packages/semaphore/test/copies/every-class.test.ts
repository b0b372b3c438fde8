import { describe, expect, test } from 'vitest';
import { output } from '../support/child.js';
import { MANNERS } from '../support/manners.js';

const kinds = [
  ...['Semaphore', 'fair Semaphore', 'Mutex', 'RwLock to read', 'RwLock to write', 'Condition'],
  ...['Signal', 'Event', 'Latch', 'Barrier', 'RateLimit'],
];

describe.each(MANNERS)('packages evaluated %s', (manner) => {
  let seen: Promise<Record<string, string>> | undefined;
  const run = async () => JSON.parse(await output('copies-every-class.mjs', [manner], ['--experimental-vm-modules']));

  test.each(kinds)('%s: copies make, attach, wait, cancel, are told, die', async (kind) => {
    seen ??= run();
    expect((await seen)[kind]).toBe('passed');
  });
});
