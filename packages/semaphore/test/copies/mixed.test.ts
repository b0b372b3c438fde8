import { describe, expect, test } from 'vitest';
import { output } from '../support/child.js';
import { MANNERS } from '../support/manners.js';

const steps = [
  ...[
    'limit(semaphore)',
    'task() and the waits of all copies',
    'task() and the waits of all copies for an EventFd',
    'SharedAbortController, and its signal',
    'Condition(mutex), wait(guard)',
    'Permit.merge',
  ],
  ...[
    'a mutex that another copy of the thread holds',
    'ids of waits',
    'trace',
    'arenas',
    'handles, options and lists of another realm',
  ],
];

describe.each(MANNERS)('packages evaluated %s', (manner) => {
  let seen: Promise<Record<string, string>> | undefined;
  const run = async () => JSON.parse(await output('copies-mixed.mjs', [manner], ['--experimental-vm-modules']));

  test.each(steps)('an object of one copy where another takes one: %s', async (step) => {
    seen ??= run();
    expect((await seen)[step]).toBe('passed');
  });
});
