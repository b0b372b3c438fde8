// Six workers share one login, and one of them leads; the leader is killed, again and again.
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, parentPort, threadId, Worker, workerData } from 'node:worker_threads';
import { install, locks } from '@eventfd/semaphore/web-locks';
import { freshToken, lead } from './refresh.mjs';

const WORKERS = 6;

if (isMainThread) {
  // [0] the token, 0 where it is too old; [1] how often somebody logged in
  const memory = new Int32Array(new SharedArrayBuffer(8));
  const tokens = [];
  const leaders = [];
  let heard = () => {};
  for (let i = 0; i < WORKERS; i++) {
    const worker = new Worker(new URL(import.meta.url), { workerData: memory });
    worker.on('message', ({ token }) => {
      if (token === undefined) leaders.push(worker);
      else tokens.push(token);
      heard();
    });
  }
  const until = async (condition) => {
    while (!condition()) {
      await new Promise((resolve) => {
        heard = resolve;
      });
    }
  };

  await until(() => tokens.length === WORKERS);
  console.log(`workers with the same token: ${tokens.filter((token) => token === tokens[0]).length} of ${WORKERS}`);
  console.log(`logins: ${memory[1]}`);

  for (let led = 1; led <= WORKERS; led++) {
    await until(() => leaders.length === led);
    if (led === 1) {
      const { held, pending } = await locks.query();
      console.log(`query(): ${held.length} holds ${held[0].name}, ${pending.length} wait`);
    }
    await leaders[led - 1].terminate(); // the next one leads
  }
  console.log(`leaders, one after the other: ${new Set(leaders).size}`);
  const { held, pending } = await locks.query();
  console.log(`left when all are gone: ${held.length + pending.length}`);
} else {
  install(); // in place of Node's own, where it has one
  const memory = workerData;
  const store = {
    isFresh: () => memory[0] !== 0,
    keep: (token) => {
      memory[0] = token;
    },
    token: () => memory[0],
  };
  const login = async () => {
    memory[1]++; // under the lock
    await sleep(20);
    return 1000 + threadId;
  };
  const token = await freshToken(store, login);
  // In the queue from here on. Who waits stays alive; who leads needs something to do.
  void lead(() => {
    setInterval(() => {}, 1000);
    parentPort.postMessage({ leads: true });
  });
  parentPort.postMessage({ token });
}
