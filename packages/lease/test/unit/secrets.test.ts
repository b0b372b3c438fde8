import { once } from 'node:events';
import { createServer } from 'node:net';
import { inspect } from 'node:util';
import { EngineSource, lease } from '@eventfd/lease';
import { postgres } from '@eventfd/lease/postgres';
import { redis } from '@eventfd/lease/redis';
import { expect, test } from 'vitest';
import { secretsOf, tellError } from '../../dist/secrets.js';

const PASSWORD = 'c0rrect h%rse';
const userInfo = `someone:${encodeURIComponent(PASSWORD)}`;

function shown(value: unknown): string {
  return inspect(value, { depth: 10, showHidden: true }) + JSON.stringify(value) + String((value as Error)?.stack);
}

function expectHidden(text: string): void {
  expect(text).not.toContain(PASSWORD);
  expect(text).not.toContain(encodeURIComponent(PASSWORD));
}

test('inspect shows nothing of an engine but its kind', () => {
  const source = redis({ url: `redis://${userInfo}@localhost`, options: { password: PASSWORD } });
  expect(inspect(source)).toBe('EngineSource { redis }');
  expectHidden(shown(source));
});

// Ends every connection: what a client then says of it differs, and each names its options somewhere.
async function rude() {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

test.each([
  ['ioredis', redis],
  ['redis', redis],
  ['iovalkey', redis],
  ['pg', postgres],
  ['postgres', postgres],
] as const)('%s: no error of a server that cannot be used has the password', async (client, make) => {
  const server = await rude();
  const { port } = server.address() as { port: number };
  const protocol = make === redis ? 'redis' : 'postgres';
  for (const at of [port, 1]) {
    const engine = make({ url: `${protocol}://${userInfo}@127.0.0.1:${at}/0`, client: client as never });
    const error = await lease('a', { permits: 1, engine, timeout: 300 }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'ERR_LEASE_UNREACHABLE', cause: expect.any(Error) });
    expectHidden(shown(error));
  }
  server.close();
});

test('an engine that throws what it was given', async () => {
  const module = `data:text/javascript,${encodeURIComponent(`export async function open(options) {
    throw Object.assign(new Error('cannot use ' + JSON.stringify(options)), { options });
  }`)}`;
  const source = new EngineSource('own', module, { url: `own://${userInfo}@host`, nested: { password: PASSWORD } });
  const error = await lease('a', { permits: 1, engine: source }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ message: expect.stringContaining('cannot use') });
  expectHidden(shown(error));
});

test('what is hidden: every form of it', () => {
  const secrets = secretsOf({ url: `redis://${userInfo}@host/0`, tls: { key: 'PRIVATE' }, host: 'host' });
  expect(secrets).toEqual(
    expect.arrayContaining([`redis://${userInfo}@host/0`, userInfo, encodeURIComponent(PASSWORD), PASSWORD, 'PRIVATE']),
  );
  expect(secrets).not.toContain('host');
  expect(tellError(new Error(`of ${PASSWORD} and PRIVATE at host`), secrets).message).toBe('of *** and *** at host');
});
