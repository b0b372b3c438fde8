import { describe, expect, test } from 'vitest';
import { output } from '../support/child.js';
import { MANNERS } from '../support/manners.js';

const steps = [
  ...['read', 'write', 'write beside a blocked writer', 'cancelled', 'closed', 'close of the descriptor', 'select'],
  ...['FdSemaphore', 'dies'],
];

describe.each(MANNERS)('packages evaluated %s', (manner) => {
  let seen: Promise<Record<string, string>> | undefined;
  const run = async () => JSON.parse(await output('copies-descriptors.mjs', [manner], ['--experimental-vm-modules']));

  test.each(steps)('copies share an EventFd: %s', async (step) => {
    seen ??= run();
    expect((await seen)[step]).toBe('passed');
  });
});
