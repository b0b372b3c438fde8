import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Resolves once no other process on this machine holds `name`; this process then holds it until it ends, however it
 * ends. An abstract socket is the lock: the kernel lets go of it with the process, so it is never stale.
 */
export async function exclusive(name) {
  const address = `\0eventfd-${createHash('sha256').update(name).digest('hex')}`;
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
