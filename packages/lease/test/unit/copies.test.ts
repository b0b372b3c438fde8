/** Test runners and loaders evaluate a package several times in a thread: what one copy made, another takes. */
import { EngineSource, lease } from '@eventfd/lease';
import { expect, test } from 'vitest';

const at = (file: string) => new URL(`../../dist/${file}`, import.meta.url).href;
const engines = (await import(`${at('engine.js')}?copy`)) as typeof import('../../dist/engine.js');

function throwing(error: string): string {
  const text = `import * as errors from ${JSON.stringify(`${at('errors.js')}?copy`)};
    export async function open() { throw ${error}; }`;
  return `data:text/javascript,${encodeURIComponent(text)}`;
}

test('an engine that another copy made', async () => {
  expect(engines.EngineSource).not.toBe(EngineSource);
  const engine = new engines.EngineSource('own', throwing('new Error("asked")'), {});
  await expect(lease('a', { permits: 1, engine })).rejects.toThrow('asked');
});

test('errors of another copy are told for what they are, and have all that they had', async () => {
  const open = (error: string) => lease('a', { permits: 1, engine: new EngineSource('own', throwing(error), {}) });
  await expect(open('new errors.LeaseMismatchError("a", 1, 2)')).rejects.toMatchObject({
    name: 'LeaseMismatchError',
    code: 'ERR_LEASE_MISMATCH',
    lease: 'a',
    wanted: 1,
    found: 2,
  });
  await expect(open('new errors.LeaseUnreachableError("no", { cause: new Error("why") })')).rejects.toMatchObject({
    name: 'LeaseUnreachableError',
    code: 'ERR_LEASE_UNREACHABLE',
    cause: { message: 'why' },
  });
});

test('what only looks like an engine is none', async () => {
  const engine = { kind: 'own', toPost: { kind: 'own', module: at('engine.js'), options: {} } };
  await expect(lease('a', { permits: 1, engine: engine as never })).rejects.toMatchObject({
    code: 'ERR_INVALID_ARG_TYPE',
  });
});
