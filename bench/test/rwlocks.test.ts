/** The locks for readers and writers that were written for the bench: they must be right before they are fast. */
import { once } from 'node:events';
import { type MessagePort, type Transferable, Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { rwlocks } from '../dist/subjects/rwlocks.js';

const WORKERS = 3;
const TURNS = 4000;

async function all(subject: string, count: number, data: object) {
  const lock = rwlocks[subject];
  if (lock === undefined) throw new Error(`No lock of ${subject}`);
  const seat = await lock.open();
  const words = new Int32Array(new SharedArrayBuffer(16));
  const said = Array.from({ length: count }, async () => {
    const { payload, transfer = [] } = seat() as { payload: unknown; transfer?: MessagePort[] };
    const worker = new Worker(new URL('fixtures/rwlock.mjs', import.meta.url), {
      workerData: { subject, payload, words, ...data },
      transferList: transfer as unknown as Transferable[] as never,
    });
    const exit = once(worker, 'exit');
    const [message] = await once(worker, 'message');
    await exit;
    return message as number;
  });
  return { said: await Promise.all(said), words };
}

describe.each(['ours', 'atomics', 'atomics-spin', 'message-port'])(
  'the lock for readers and writers of %s',
  (subject) => {
    it('lets one writer in, and no reader beside it; and loses no wake-up', async () => {
      const { said, words } = await all(subject, WORKERS, { turns: TURNS });
      expect(said).toEqual([0, 0, 0]);
      expect([...words.slice(0, 2)]).toEqual([(WORKERS * TURNS) / 4, (WORKERS * TURNS) / 4]);
    });

    it('lets two readers in at once', async () => {
      expect((await all(subject, 2, { meet: true })).said).toEqual([2, 2]);
    });
  },
);
