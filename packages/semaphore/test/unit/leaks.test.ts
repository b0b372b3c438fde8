import { describe, expect, test, vi } from 'vitest';
import { output } from '../support/child.js';

interface Warning {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly detail: string;
}

async function warningsOf(scenario: string, ...option: string[]): Promise<Warning[]> {
  return JSON.parse(await output('leak-guards.mjs', [scenario, ...option], ['--expose-gc'])) as Warning[];
}

const leaks = [
  'Semaphore.tryAcquire',
  'Semaphore.acquireSync',
  'Semaphore.acquire',
  'Semaphore.acquire, waited for',
  'Permit.split',
  'Mutex.tryLock',
  'Mutex.lockSync',
  'Mutex.lock',
  'Mutex.lock, waited for',
  'Mutex.lock, after a wait for a condition',
  'RwLock.readSync',
  'RwLock.writeSync',
  'RwLock.write, waited for',
  'WriteGuard.downgrade',
];

describe('with trackLeaks', () => {
  test.each(leaks)('%s whose result is dropped: one warning, with the line that called it', async (scenario) => {
    const warnings = await warningsOf(scenario, 'true');
    expect(warnings.map(({ name, message, detail }) => ({ name, message, detail }))).toEqual([
      {
        name: 'PermitLeakWarning',
        message: expect.stringMatching(/^\w+ "leaky" was garbage-collected without being released/),
        // Printed without further ado.
        detail: expect.stringMatching(/^Acquired at .*leak-guards\.mjs:\d+:\d+\)?$/),
      },
    ]);
    // The frame of the user's that stands nearest to the acquire, and none of the package's own above it.
    expect(warnings[0]?.stack).toMatch(/Acquired:\n +at .*leak-guards\.mjs:\d+:\d+/);
  });

  test('what is released, forgotten, merged or never held leaves none', async () => {
    expect(await warningsOf('nothing', 'true')).toEqual([]);
  });
});

describe('without', () => {
  test('none comes', async () => {
    expect(await warningsOf('Mutex.lockSync')).toEqual([]);
    expect(await warningsOf('Mutex.lockSync', 'false')).toEqual([]);
  });

  test('EVENTFD_TRACK_LEAKS=1 turns it on, but where the option says no', async () => {
    vi.stubEnv('EVENTFD_TRACK_LEAKS', '1');
    try {
      expect((await warningsOf('Mutex.lockSync')).length).toBe(1);
      expect((await warningsOf('RwLock.readSync')).length).toBe(1);
      expect(await warningsOf('Mutex.lockSync', 'false')).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
