import { inspect } from 'node:util';
import { EngineSource, lease } from '@eventfd/lease';
import { machine } from '@eventfd/lease/machine';
import { postgres, schema } from '@eventfd/lease/postgres';
import { redis } from '@eventfd/lease/redis';
import { expect, test } from 'vitest';

const engine = machine({ namespace: `arguments-${process.pid}` });
const wrong =
  (call: (...args: never[]) => unknown, ...args: unknown[]) =>
  () =>
    (call as (...all: unknown[]) => unknown)(...args);

test.each<[unknown, unknown, string, RegExp]>([
  [
    1,
    { permits: 1, engine },
    'ERR_INVALID_ARG_TYPE',
    /"name" argument must be of type string. Received type number \(1\)/,
  ],
  ['', { permits: 1, engine }, 'ERR_INVALID_ARG_VALUE', /"name" must have 1 to 200 characters.* Received ''/],
  ['a\nb', { permits: 1, engine }, 'ERR_INVALID_ARG_VALUE', /"name".*Received 'a\\nb'/],
  ['a', undefined, 'ERR_INVALID_ARG_TYPE', /"options" argument must be of type object. Received undefined/],
  ['a', { engine }, 'ERR_INVALID_ARG_TYPE', /"options.permits".*Received undefined/],
  ['a', { permits: 0, engine }, 'ERR_OUT_OF_RANGE', /"options.permits".*>= 1.*Received 0/],
  ['a', { permits: 1.5, engine }, 'ERR_OUT_OF_RANGE', /Received 1.5/],
  ['a', { permits: 1 }, 'ERR_INVALID_ARG_TYPE', /"options.engine".*Received undefined/],
  ['a', { permits: 1, engine: {} }, 'ERR_INVALID_ARG_TYPE', /"options.engine".*Received an instance of Object/],
  ['a', { permits: 1, engine, ttl: 10 }, 'ERR_OUT_OF_RANGE', /"options.ttl".*>= 500.*Received 10/],
  ['a', { permits: 1, engine, margin: 6000 }, 'ERR_OUT_OF_RANGE', /"options.margin".*<= 5000.*Received 6000/],
  ['a', { permits: 1, engine, idle: '1' }, 'ERR_INVALID_ARG_TYPE', /"options.idle".*Received type string/],
  ['a', { permits: 1, engine, timeout: Number.NaN }, 'ERR_OUT_OF_RANGE', /"options.timeout".*Received NaN/],
  ['a', { permits: 1, engine, whenUnreachable: 2 }, 'ERR_OUT_OF_RANGE', /"options.whenUnreachable".*<= 1.*Received 2/],
])('lease(%j, %j) is refused: %s', async (name, options, code, message) => {
  await expect(lease(name as string, options as never)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
  });
});

test.each<[string, () => unknown, string, RegExp]>([
  [
    'a URL that is none',
    wrong(redis, { url: 'secret@host' }),
    'ERR_INVALID_ARG_VALUE',
    /must begin with redis:\/\/ or rediss:\/\//,
  ],
  [
    'a URL of another protocol',
    wrong(redis, { url: 'http://u:secret@h' }),
    'ERR_INVALID_ARG_VALUE',
    /Received 'http:\/\/...'/,
  ],
  [
    'a URL that cannot be read',
    wrong(redis, { url: 'redis://u:secret@h:port' }),
    'ERR_INVALID_ARG_VALUE',
    /is no valid URL/,
  ],
  ['no URL at all', wrong(redis, { url: 5 }), 'ERR_INVALID_ARG_TYPE', /Received type number/],
  [
    'an unknown client',
    wrong(redis, { client: 'mysql' }),
    'ERR_INVALID_ARG_VALUE',
    /one of 'ioredis', 'redis', 'iovalkey'. Received 'mysql'/,
  ],
  ['an empty prefix', wrong(redis, { prefix: '' }), 'ERR_INVALID_ARG_VALUE', /"options.prefix"/],
  [
    'null for options',
    wrong(redis, null),
    'ERR_INVALID_ARG_TYPE',
    /"options" argument must be of type object. Received null/,
  ],
  [
    'a URL of another protocol',
    wrong(postgres, { url: 'mysql://u:secret@h' }),
    'ERR_INVALID_ARG_VALUE',
    /postgres:\/\/ or postgresql:\/\//,
  ],
  [
    'a table that is none',
    wrong(postgres, { table: 'a; drop' }),
    'ERR_INVALID_ARG_VALUE',
    /"options.table".*Received 'a; drop'/,
  ],
  ['no boolean', wrong(postgres, { createTable: 1 }), 'ERR_INVALID_ARG_TYPE', /"options.createTable"/],
  ['a table that is none', wrong(schema, 'A'), 'ERR_INVALID_ARG_VALUE', /"table"/],
  [
    'a namespace that is none',
    wrong(machine, { namespace: 'a/b' }),
    'ERR_INVALID_ARG_VALUE',
    /"options.namespace".*Received 'a\/b'/,
  ],
])('%s is refused', (_, call, code, message) => {
  const error = (() => {
    try {
      return call();
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
  expect(inspect(error)).not.toContain('secret');
});

test('an engine of nobody: what it says is told', async () => {
  const nowhere = new EngineSource(
    'nowhere',
    'data:text/javascript,export async function open() { throw new Error("no") }',
    {},
  );
  await expect(lease('a', { permits: 1, engine: nowhere })).rejects.toThrow('no');
});
