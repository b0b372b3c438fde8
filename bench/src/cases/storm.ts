/** One thread wakes another far more often than it can wake up. */
import type { MessagePort } from 'node:worker_threads';
import { type Case, cannot, type Entry, type Figures } from '../harness/types.js';
import { cpuMicros, now } from '../measure/clock.js';
import { ready, start } from '../measure/threads.js';
import { waitAsync } from '../subjects/atomics.js';
import { BLOCKING_ONLY, MULTITHREADING_SINCE, NO_WAKE_UPS, ONE_THREAD } from '../subjects/lock.js';

const POSTS = 1_000_000;

interface Storm {
  readonly payload: unknown;
  readonly transfer?: MessagePort[];
  /** Settles when all posts have arrived; how often the loop was woken for them. */
  receive(): Promise<number>;
}

/** On the worker: what one post is. */
const posts: Record<string, (payload: unknown) => Promise<() => void>> = {
  async ours(payload) {
    const { Signal } = await import('@eventfd/semaphore');
    const signal = Signal.from(payload as InstanceType<typeof Signal>);
    return () => signal.post();
  },
  async 'ours-eventfd'(payload) {
    const { EventFd } = await import('eventfd');
    const efd = EventFd.from(payload as InstanceType<typeof EventFd>);
    return () => efd.tryWrite();
  },
  async 'naive-eventfd'(payload) {
    const { attachNaive } = await import('../subjects/naive.js');
    const { eventfd } = attachNaive(payload);
    return () => eventfd.tryWrite();
  },
  async multithreading(payload) {
    const { Sender } = await import('multithreading');
    const { unpack } = await import('../subjects/multithreading.js');
    const sender = unpack(Sender<number>, payload);
    return () => sender.blockingSend(1);
  },
  async 'wait-async'(payload) {
    const word = new Int32Array(payload as SharedArrayBuffer);
    return () => {
      Atomics.add(word, 0, 1);
      Atomics.notify(word, 0, 1);
    };
  },
  async 'message-port'(payload) {
    return () => (payload as MessagePort).postMessage(0);
  },
};

export async function pour({ subject, payload, go }: { subject: string; payload: unknown; go: SharedArrayBuffer }) {
  const post = await posts[subject]?.(payload);
  if (post === undefined) throw new Error(`No storm of ${subject}`);
  ready();
  Atomics.wait(new Int32Array(go), 0, 0);
  for (let i = 0; i < POSTS; i++) post();
}

async function run(subject: string, make: () => Promise<Storm>): Promise<Figures> {
  const { payload, transfer, receive } = await make();
  const go = new SharedArrayBuffer(4);
  const thread = start(import.meta.url, 'pour', { subject, payload, go }, transfer);
  await thread.ready;
  const alive = setInterval(() => {}, 1e6);
  const received = receive();
  const [began, cpu] = [now(), cpuMicros()];
  Atomics.store(new Int32Array(go), 0, 1);
  Atomics.notify(new Int32Array(go), 0);
  const wakeups = await received;
  clearInterval(alive);
  return { post: ((now() - began) * 1e6) / POSTS, cpu: ((cpuMicros() - cpu) * 1e3) / POSTS, wakeups };
}

function entry(subject: string, make: () => Promise<Storm>, more: Partial<Entry> = {}): Entry {
  return { way: { run: () => run(subject, make) }, quick: false, ...more };
}

export const storm: Case = {
  id: 'storm',
  title: 'Storm: a million wake-ups from another thread',
  about:
    'A worker posts as fast as it can; the main thread awaits until all have arrived. Wall time and CPU of both threads, ' +
    'by post, and how often the main thread saw something arrive. Messages are delivered one by one, the others add up.',
  points: [{}],
  rounds: 3,
  metrics: {
    post: { unit: 'ns', title: 'a post', better: 'less' },
    cpu: { unit: 'ns', title: 'CPU', better: 'less', cost: true },
    wakeups: { unit: 'count', title: 'arrivals seen', better: 'less' },
  },
  subjects: {
    ours: entry('ours', async () => {
      const { Signal } = await import('@eventfd/semaphore');
      const signal = new Signal();
      return {
        payload: signal,
        receive: async () => {
          let [seen, wakeups] = [0, 0];
          for await (const count of signal) {
            seen += count;
            wakeups++;
            if (seen === POSTS) break;
          }
          return wakeups;
        },
      };
    }),
    'ours-eventfd': entry('ours-eventfd', async () => {
      const { EventFd } = await import('eventfd');
      const efd = new EventFd();
      return {
        payload: efd,
        receive: async () => {
          let [seen, wakeups] = [0, 0];
          for await (const count of efd) {
            seen += Number(count);
            wakeups++;
            if (seen === POSTS) break;
          }
          return wakeups;
        },
      };
    }),
    'naive-eventfd': entry('naive-eventfd', async () => {
      const { makeNaive } = await import('../subjects/naive.js');
      const semaphore = makeNaive(0);
      return {
        payload: semaphore,
        receive: async () => {
          for (let seen = 0; seen < POSTS; seen++) await semaphore.eventfd.read();
          return POSTS;
        },
      };
    }),
    multithreading: entry(
      'multithreading',
      async () => {
        const { channel } = await import('multithreading');
        const { pack } = await import('../subjects/multithreading.js');
        const [sender, receiver] = channel<number>();
        return {
          payload: pack(sender),
          receive: async () => {
            for (let seen = 0; seen < POSTS; seen++) await receiver.recv();
            return POSTS;
          },
        };
      },
      { since: MULTITHREADING_SINCE, rounds: 1 },
    ),
    koffi: cannot(BLOCKING_ONLY),
    'web-locks': cannot(NO_WAKE_UPS),
    mortice: cannot(NO_WAKE_UPS),
    'async-mutex': cannot(ONE_THREAD),
    'wait-async': entry('wait-async', async () => {
      const payload = new SharedArrayBuffer(64);
      const word = new Int32Array(payload);
      return {
        payload,
        receive: async () => {
          let [seen, wakeups] = [0, 0];
          while (seen < POSTS) {
            const { async, value } = waitAsync(word, 0, 0);
            if (async) await value;
            seen += Atomics.exchange(word, 0, 0);
            wakeups++;
          }
          return wakeups;
        },
      };
    }),
    'message-port': entry('message-port', async () => {
      const { MessageChannel } = await import('node:worker_threads');
      const { port1, port2 } = new MessageChannel();
      return {
        payload: port2,
        transfer: [port2],
        receive: () =>
          new Promise((resolve) => {
            let seen = 0;
            port1.on('message', () => {
              if (++seen === POSTS) resolve(seen);
            });
          }),
      };
    }),
  },
};
