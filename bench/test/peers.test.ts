/** What the README says of others, besides what the bench shows. Each on the Nodes that have it. */
import { once } from 'node:events';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { Mutex as AsyncMutex } from 'async-mutex';
import { describe, expect, test } from 'vitest';
import { webLocks } from '../dist/subjects/lock.js';

/** What a value is after it was posted to another thread. */
function posted(value: unknown): unknown {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(value);
  const received = receiveMessageOnPort(port2)?.message;
  port1.close();
  return received;
}

/** How a worker ends that waits for what this thread holds. */
async function worker(way: string, data: object) {
  const started = new Worker(new URL('fixtures/wait.mjs', import.meta.url), { workerData: { way, ...data } });
  const said: string[] = [];
  started.on('message', (message) => said.push(message));
  const [code] = await once(started, 'exit');
  return { code, said };
}

describe('a waiting promise', () => {
  test('of Atomics.waitAsync does not', async () => {
    const word = new Int32Array(new SharedArrayBuffer(4));
    expect(await worker('atomics', { word })).toEqual({ code: 0, said: ['waits'] });
  });

  const hasLocks = (globalThis as { navigator?: { locks?: unknown } }).navigator?.locks !== undefined;
  if (hasLocks) {
    test('of Web Locks does not', async () => {
      let ended: unknown;
      await webLocks().request('held', async () => {
        ended = await worker('webLocks', {});
      });
      expect(ended).toEqual({ code: 0, said: ['waits'] });
    });
  }
});

describe('what is posted to another thread', () => {
  test('of async-mutex is no mutex any more', () => {
    expect(posted(new AsyncMutex())).not.toHaveProperty('acquire');
    expect(new AsyncMutex()).toHaveProperty('acquire');
  });
});
