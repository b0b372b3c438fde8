import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { output } from '../support/child.js';

const flag = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission';
// The packages, and through pnpm's links whatever they depend on.
const code = `--allow-fs-read=${fileURLToPath(new URL('../../../..', import.meta.url))}*`;

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'permission-')));
const trace = join(folder, 'trace.json');
afterAll(() => rmSync(folder, { recursive: true }));

async function under(...allowed: string[]): Promise<unknown> {
  return JSON.parse(await output('permission.mjs', [trace], [flag, code, ...allowed]));
}

describe("under Node's permission model", () => {
  const refused = expect.objectContaining({ code: 'ERR_ACCESS_DENIED' });

  test('without --allow-addons nothing loads, and the error names the flag', async () => {
    const refusal = { code: 'ERR_ADDON_NOT_LOADED', flag: '--allow-addons', cause: 'ERR_DLOPEN_DISABLED' };
    expect(await under()).toEqual({ load: refusal });
    expect(JSON.parse(await output('permission.mjs', [], ['--no-addons']))).toEqual({ load: refusal });
  });

  test('with it all works in one thread but what looks into /proc, and a trace; Node refuses those, and workers', async () => {
    expect(await under('--allow-addons')).toEqual({
      load: 'allowed',
      wait: 'allowed',
      adopt: refused,
      available: refused,
      trace: refused,
      worker: refused,
    });
  });

  test('with leave to read /proc/self and to write the trace, also those', async () => {
    const files = ['--allow-fs-read=/proc/self/*', `--allow-fs-write=${trace}`];
    expect(await under('--allow-addons', ...files)).toEqual({
      load: 'allowed',
      wait: 'allowed',
      adopt: 'allowed',
      available: 'allowed',
      trace: 'allowed',
      worker: refused,
    });
  });

  test('with --allow-worker, every class between threads', async () => {
    expect(await output('every-class.mjs', [], [flag, code, '--allow-addons', '--allow-worker'])).toBe(
      'Semaphore Mutex RwLock Condition Signal Event Latch Barrier RateLimit inspect\n',
    );
  });
});
