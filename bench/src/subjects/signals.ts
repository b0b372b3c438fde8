/** One direction of a hand-off: a wake-up that nobody owns. */
import type { MessagePort } from 'node:worker_threads';
import { AtomicsSemaphore } from './atomics.js';
import { mortice, webLocks } from './passed-locks.js';

/** A way to wake the other thread and to be woken, blocking. */
export interface SyncWay {
  post(): void;
  waitSync(): void;
}

/** The same without blocking. */
export interface AsyncWay {
  post(): void;
  wait(): Promise<void>;
}

/** How to make a way on the main thread, and what to send so that the other thread has it too. */
export interface Ways<W> {
  /** Both directions. `there` is posted to the other thread; `transfer` lists what moves with it. */
  open(): Promise<{ here: W[]; there: unknown[]; transfer?: MessagePort[] }>;
  attach(there: unknown): Promise<W>;
  /** On the main thread, when the other has attached, and before the first post. */
  begin?(): Promise<void>;
}

async function ours(): Promise<Ways<SyncWay & AsyncWay>> {
  const { Signal } = await import('@eventfd/semaphore');
  type Shared = InstanceType<typeof Signal>;
  const wayOf = (signal: Shared): SyncWay & AsyncWay => ({
    post: () => signal.post(),
    waitSync: () => signal.waitSync(),
    wait: () => signal.wait(),
  });
  return {
    open: async () => {
      const pair = [new Signal(), new Signal()];
      return { here: pair.map(wayOf), there: pair };
    },
    attach: async (there) => wayOf(Signal.from(there as Shared)),
  };
}

/** Spinning is the process's, so turning it off on one thread does for both. */
async function oursParked(): Promise<Ways<SyncWay & AsyncWay>> {
  const { native } = await import('eventfd/internal');
  native.setMostSpinning(0);
  return ours();
}

async function atomics(): Promise<Ways<SyncWay & AsyncWay>> {
  const wayOf = (shared: SharedArrayBuffer): SyncWay & AsyncWay => {
    const semaphore = new AtomicsSemaphore(shared);
    return {
      post: () => semaphore.release(),
      waitSync: () => semaphore.acquireSync(),
      wait: () => semaphore.acquire(),
    };
  };
  return {
    open: async () => {
      const pair = [AtomicsSemaphore.share(0), AtomicsSemaphore.share(0)];
      return { here: pair.map(wayOf), there: pair };
    },
    attach: async (there) => wayOf(there as SharedArrayBuffer),
  };
}

async function koffi(): Promise<Ways<SyncWay>> {
  const { KoffiEventfd } = await import('./koffi.js');
  const wayOf = (fd: number): SyncWay => {
    const semaphore = new KoffiEventfd(fd);
    return { post: () => semaphore.release(), waitSync: () => semaphore.acquireSync() };
  };
  return {
    open: async () => {
      const pair = [KoffiEventfd.share(0), KoffiEventfd.share(0)];
      return { here: pair.map(wayOf), there: pair };
    },
    attach: async (there) => wayOf(there as number),
  };
}

/** The counter of the descriptor is the signal: a write posts, a read waits. */
async function naive(): Promise<Ways<SyncWay & AsyncWay>> {
  const { attachNaive, makeNaive } = await import('./naive.js');
  type Semaphore = ReturnType<typeof makeNaive>;
  const wayOf = ({ eventfd }: Semaphore): SyncWay & AsyncWay => ({
    post: () => {
      eventfd.tryWrite();
    },
    waitSync: () => {
      eventfd.readSync();
    },
    wait: async () => {
      await eventfd.read();
    },
  });
  return {
    open: async () => {
      const pair = [makeNaive(0), makeNaive(0)];
      return { here: pair.map(wayOf), there: pair };
    },
    attach: async (there) => wayOf(attachNaive(there)),
  };
}

/** Only who holds a permit of its semaphore can give one, so what wakes here is a channel; it holds one message. */
async function multithreading(): Promise<Ways<SyncWay & AsyncWay>> {
  const { channel, Receiver, Sender } = await import('multithreading');
  const { pack, unpack } = await import('./multithreading.js');
  type Channel = [InstanceType<typeof Sender<number>>, InstanceType<typeof Receiver<number>>];
  const wayOf = ([sender, receiver]: Channel): SyncWay & AsyncWay => ({
    post: () => {
      sender.blockingSend(1);
    },
    waitSync: () => {
      receiver.blockingRecv();
    },
    wait: async () => {
      await receiver.recv();
    },
  });
  return {
    open: async () => {
      const pair = [channel<number>(1), channel<number>(1)];
      return {
        here: pair.map(wayOf),
        there: pair.map((ends) => ends.map((end) => pack(end.clone()))),
      };
    },
    attach: async (there) => {
      const [sender, receiver] = there as [unknown, unknown];
      return wayOf([unpack(Sender<number>, sender), unpack(Receiver<number>, receiver)]);
    },
  };
}

async function messagePort(): Promise<Ways<AsyncWay>> {
  const wayOf = (port: MessagePort): AsyncWay => {
    let wake: (() => void) | undefined;
    let posted = 0;
    port.on('message', () => {
      posted++;
      wake?.();
    });
    return {
      post: () => port.postMessage(0),
      wait: () => {
        if (posted > 0) {
          posted--;
          return Promise.resolve();
        }
        return new Promise((resolve) => {
          wake = () => {
            posted--;
            wake = undefined;
            resolve();
          };
        });
      },
    };
  };
  return {
    open: async () => {
      const { MessageChannel } = await import('node:worker_threads');
      const { port1, port2 } = new MessageChannel();
      // One port does for both directions.
      const here = wayOf(port1);
      return { here: [here, here], there: [port2, port2], transfer: [port2] };
    },
    attach: (() => {
      let way: AsyncWay | undefined;
      return async (there: unknown) => {
        way ??= wayOf(there as MessagePort);
        return way;
      };
    })(),
  };
}

export const syncWays = {
  ours,
  'ours-parked': oursParked,
  atomics,
  multithreading,
  'naive-eventfd': naive,
  koffi,
} as const;
export const asyncWays = {
  ours,
  'ours-parked': oursParked,
  'wait-async': atomics,
  'message-port': messagePort,
  multithreading,
  'web-locks': webLocks,
  mortice,
  'naive-eventfd': naive,
} as const;
