import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Linux's abstract sockets and Windows's pipes have names of their own; elsewhere it is a port of this machine. */
function addressOf(name) {
  const digest = createHash('sha256').update(name).digest();
  if (process.platform === 'linux') return { path: `\0eventfd-${digest.toString('hex')}` };
  if (process.platform === 'win32') return { path: `\\\\.\\pipe\\eventfd-${digest.toString('hex')}` };
  return { host: '127.0.0.1', port: 20_000 + (digest.readUInt16LE(0) % 10_000) };
}

/**
 * Resolves once no other process on this machine holds `name`; this process then holds it until it ends, however it
 * ends. A socket is the lock: the kernel lets go of it with the process, so it is never stale.
 */
export async function exclusive(name) {
  const address = addressOf(name);
  for (;;) {
    const server = createServer().unref();
    const code = await new Promise((resolve) => {
      server.once('error', (error) => resolve(error.code)).listen(address, () => resolve(undefined));
    });
    if (code === undefined) return;
    if (code !== 'EADDRINUSE') throw new Error(`cannot take the lock "${name}": ${code}`);
    await sleep(50);
  }
}
