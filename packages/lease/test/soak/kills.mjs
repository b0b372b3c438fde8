// pnpm soak --leases --kills N: so many processes are killed with -9 at random moments, for each engine. What each held reaches who
// waits: within the ttl, or as soon as the kernel has closed its socket.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { lease } from '@eventfd/lease';
import { randomOf } from '../../../semaphore/test/support/random.mjs';
import { engineFrom } from '../fixtures/engine.mjs';
import { startPostgres } from '../support/postgres.mjs';
import { startRedis } from '../support/redis.mjs';
import { forkTied } from '../support/tied.mjs';

const VICTIM = new URL('victim.mjs', import.meta.url);
const PERMITS = 8;
const TTL = 1000;
/** Victims that live at the same time. */
const AT_ONCE = 4;

async function killed(description, random) {
  const child = forkTied(VICTIM, [JSON.stringify({ description, permits: PERMITS, ttl: TTL })]);
  const exited = once(child, 'exit');
  await once(child, 'message'); // it is about to lease
  await sleep(random(800));
  child.kill('SIGKILL');
  await exited;
}

/** @returns whether none was lost */
export async function kills({ engines, count, seed }) {
  let well = true;
  for (const engine of engines) {
    const random = randomOf(seed);
    const server = engine === 'redis' ? await startRedis() : engine === 'postgres' ? await startPostgres() : undefined;
    const description = { server: server && engine, url: server?.url, namespace: `kills-${process.pid}` };
    const witness = await lease('kills', { permits: PERMITS, ttl: TTL, idle: 50, engine: engineFrom(description) });
    const bound = TTL + 100 * (server === undefined ? -9 : 10);
    let longest = 0;
    for (let done = 0; done < count; done += AT_ONCE) {
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - done) }, () => killed(description, random)));
      // All of them are dead: everything must come to who is left.
      const from = performance.now();
      const permits = [];
      for (let i = 0; i < PERMITS; i++) permits.push(await witness.semaphore.acquire({ timeout: 20_000 }));
      longest = Math.max(longest, performance.now() - from);
      for (const permit of permits) permit.release();
    }
    await witness.close();
    await server?.stop();
    const late = longest > bound;
    console.log(
      `${engine}: ${count} kills, 0 permits lost; all back within ${Math.round(longest)} ms${late ? `: more than ${bound}` : ''}`,
    );
    if (late) well = false;
  }
  return well;
}
