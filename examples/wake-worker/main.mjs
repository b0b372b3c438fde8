// Wakes a worker's event loop, in three ways: an Atomics.waitAsync, a MessagePort, and a Signal.
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Signal } from '@eventfd/semaphore';

const ROUNDS = 2_000;
const BURST = 100_000;

const start = (way, data = {}) => new Worker(new URL(import.meta.url), { workerData: { way, ...data } });

/** Microseconds for one `turn`, which wakes the worker and is woken by it: the median. */
async function roundTrip(turn) {
  const taken = [];
  for (let i = 0; i < ROUNDS; i++) {
    const begin = performance.now();
    await turn();
    taken.push((performance.now() - begin) * 1000);
  }
  return taken.sort((a, b) => a - b)[ROUNDS / 2];
}

async function byWaitAsync() {
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const [code] = await once(start('waitAsync', { flag }), 'exit');
  console.log(
    `Atomics.waitAsync  its worker ended with code ${code}, and nobody had woken it: the promise holds no loop`,
  );
}

async function byPort() {
  const worker = start('port');
  const answer = () => once(worker, 'message').then(([message]) => message);
  const us = await roundTrip(() => {
    worker.postMessage('ping');
    return answer();
  });
  for (let i = 0; i < BURST; i++) worker.postMessage('burst');
  const calls = await answer();
  console.log(`MessagePort        ${us.toFixed(1)} us a round trip; ${BURST} messages took ${calls} calls`);
  worker.unref();
}

async function bySignal() {
  const ping = new Signal(0, { name: 'ping' });
  const pong = new Signal(0, { name: 'pong' });
  const worker = start('signal', { ping, pong });
  const us = await roundTrip(() => {
    ping.post();
    return pong.wait();
  });
  worker.postMessage('the burst begins');
  await once(worker, 'message');
  for (let i = 0; i < BURST; i++) ping.post();
  const [{ posts, turns }] = await once(worker, 'message');
  console.log(`Signal             ${us.toFixed(1)} us a round trip; ${posts} posts took ${turns} turns of the loop`);
  ping.close(); // ends the worker's `for await`, and so the worker
  await once(worker, 'exit');
}

/** What the worker does, each way. */
const ways = {
  // The loop has nothing else to do, and a promise does not count: the worker ends, silently.
  async waitAsync({ flag }) {
    await Atomics.waitAsync(flag, 0, 0).value;
    console.log('woken'); // never
  },

  port() {
    let calls = 0;
    parentPort.on('message', (message) => {
      if (message === 'ping') parentPort.postMessage('pong');
      else if (++calls === BURST) parentPort.postMessage(calls);
    });
  },

  async signal({ ping: posted, pong: postedToo }) {
    const ping = Signal.from(posted);
    const pong = Signal.from(postedToo);
    let counting = false;
    let posts = 0;
    let turns = 0;
    parentPort.once('message', () => {
      counting = true;
      parentPort.postMessage('counting');
    });
    // Each turn says how many posts there were since the last: none is lost, however late the loop is.
    for await (const count of ping) {
      if (!counting) {
        pong.post(count);
        continue;
      }
      posts += count;
      turns += 1;
      if (posts === BURST) parentPort.postMessage({ posts, turns });
    }
  },
};

if (isMainThread) {
  await byWaitAsync();
  await byPort();
  await bySignal();
} else {
  // Not awaited: a worker whose own top level waits in vain ends with 13, one whose function does with 0.
  void ways[workerData.way](workerData);
}
