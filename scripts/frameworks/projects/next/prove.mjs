// Builds the app and asks its server: as docs/works-with.md says, in an image that has nothing but what Next.js has traced; and
// with the packages inside the bundles, if nobody told Next.js to leave them out.
import { deepEqual } from 'node:assert/strict';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, run, start } from './support/proof.mjs';

const folder = import.meta.dirname;
const next = join(folder, 'node_modules/next/dist/bin/next');

async function ask(args, cwd) {
  const port = String(await freePort());
  const env = { ...process.env, PORT: port, HOSTNAME: '127.0.0.1' };
  const { child, said } = await start([...args(port)], { cwd, env, ready: /Ready in/ });
  try {
    const response = await fetch(`http://127.0.0.1:${port}/work`);
    deepEqual(await response.json().catch(said), { codes: [0, 0, 0, 0], within: true, available: 2, same: true });
  } finally {
    child.kill();
    await once(child, 'exit');
  }
}

await run([next, 'build']);
const image = mkdtempSync(join(tmpdir(), 'eventfd-next-'));
try {
  cpSync(join(folder, '.next/standalone'), image, { recursive: true, verbatimSymlinks: true });
  await ask(() => ['server.js'], image);
} finally {
  rmSync(image, { recursive: true });
}
console.log(
  'a route handler and instrumentation share a semaphore, whose permits four workers take: from a standalone image',
);

await run([next, 'build'], { BUNDLED: '1' });
process.env.BUNDLED = '1';
await ask((port) => [next, 'start', '-H', '127.0.0.1', '-p', port], folder);
console.log('the same with both packages inside the bundles, by next start');
