// What user code throws after a wake-up of ours is as uncaught as after one of Node's own.
import { describe, expect, test } from 'vitest';
import { run } from '../support/child.js';

const wakeUps = ['read', 'write', 'select', 'iterate', 'FdSemaphore', 'Semaphore', 'Signal'];
const ways = [
  'tick',
  'microtask',
  'rejection',
  'stream',
  'a tick, and is caught',
  'a tick, and is captured',
  'a microtask, and is caught',
  'the handler',
  'a domain',
];

async function heard(...args: string[]) {
  const { code, signal, stdout, stderr } = await run('throws-after-wake.mjs', args);
  return { code, signal, stdout, thrown: /^Error: .*$/m.exec(stderr)?.[0] };
}

describe.each(['main', 'worker'])('in a %s thread', (where) => {
  test.each(ways)('what throws in %s', async (way) => {
    const nodes = await heard('node', way, where);
    expect(`${nodes.thrown}${nodes.stdout}`).toMatch(/boom|worse|the next/);
    for (const wakeUp of wakeUps) {
      expect({ wakeUp, ...(await heard(wakeUp, way, where)) }).toEqual({ wakeUp, ...nodes });
    }
  });
});
