/** One lock, as each subject has it, for workers that all want it. */
import type { MessagePort } from 'node:worker_threads';
import { AtomicsMutex } from './atomics.js';

/** Runs `section` while it holds the lock. */
export type Enter = (section: () => void) => void | Promise<void>;

export interface Lock {
  /** On the main thread, once: what each worker needs. `payload` may be called once for each. */
  open(): Promise<() => { payload: unknown; transfer?: MessagePort[] }>;
  /** On a worker. */
  attach(payload: unknown): Promise<Enter>;
}

export const WEB_LOCKS_SINCE = [24, 5] as const;
/** Promise.withResolvers. */
export const MORTICE_SINCE = [22, 0] as const;
/** It reads `navigator`. */
export const MULTITHREADING_SINCE = [21, 0] as const;

interface LockManager {
  request(name: string, callback: () => unknown): Promise<unknown>;
}

/** Node's types for 20 do not know it. */
export const webLocks = (): LockManager =>
  (globalThis as unknown as { navigator: { locks: LockManager } }).navigator.locks;

const same = (payload: unknown) => () => ({ payload });

const ours: Lock = {
  async open() {
    const { Mutex } = await import('@eventfd/semaphore');
    return same(new Mutex());
  },
  async attach(payload) {
    const { Mutex } = await import('@eventfd/semaphore');
    const mutex = Mutex.from(payload as InstanceType<typeof Mutex>);
    return (section) => {
      const guard = mutex.lockSync();
      section();
      guard.unlock();
    };
  },
};

const oursAsync: Lock = {
  open: ours.open,
  async attach(payload) {
    const { Mutex } = await import('@eventfd/semaphore');
    const mutex = Mutex.from(payload as InstanceType<typeof Mutex>);
    return async (section) => {
      const guard = await mutex.lock();
      section();
      guard.unlock();
    };
  },
};

const oursParked: Lock = {
  open: ours.open,
  async attach(payload) {
    const { native } = await import('eventfd/internal');
    native.setMostSpinning(0);
    return ours.attach(payload);
  },
};

function atomics(spins: number): Lock {
  return {
    open: async () => same(AtomicsMutex.share()),
    async attach(payload) {
      const mutex = new AtomicsMutex(payload as SharedArrayBuffer, spins);
      return (section) => {
        mutex.lock();
        section();
        mutex.unlock();
      };
    },
  };
}

const multithreading: Lock = {
  async open() {
    const { Mutex } = await import('multithreading');
    // What its own pool sends: the first of what the serializer returns is [buffer of the lock, data].
    const serializer = Object.getOwnPropertySymbols(Mutex.prototype).find(
      ({ description }) => description === 'Thread.Serialize',
    );
    if (serializer === undefined) throw new Error('multithreading has changed: its Mutex has no serializer');
    const serialize = (new Mutex() as unknown as Record<symbol, () => [[SharedArrayBuffer]]>)[serializer];
    const mutex = new Mutex();
    return same(serialize?.call(mutex)[0][0]);
  },
  async attach(payload) {
    const { Mutex } = await import('multithreading');
    const mutex = new Mutex(undefined, payload as SharedArrayBuffer);
    return (section) => {
      const guard = mutex.blockingLock();
      section();
      guard.dispose();
    };
  },
};

const koffi: Lock = {
  async open() {
    const { KoffiEventfd } = await import('./koffi.js');
    return same(KoffiEventfd.share(1));
  },
  async attach(payload) {
    const { KoffiEventfd } = await import('./koffi.js');
    const semaphore = new KoffiEventfd(payload as number);
    return (section) => {
      semaphore.acquireSync();
      section();
      semaphore.release();
    };
  },
};

const locks: Lock = {
  open: async () => same('bench'),
  attach: async (name) => async (section) => {
    await webLocks().request(name as string, section);
  },
};

const mortice: Lock = {
  async open() {
    const { default: create } = await import('mortice');
    create({ name: 'bench' });
    return same('bench');
  },
  async attach(name) {
    const { default: create } = await import('mortice');
    const lock = create({ name: name as string });
    return async (section) => {
      const release = await lock.writeLock();
      section();
      release();
    };
  },
};

/** A broker on the main thread: a message asks, a message grants, a message gives back. */
const messagePort: Lock = {
  async open() {
    const { MessageChannel } = await import('node:worker_threads');
    const queue: MessagePort[] = [];
    let held = false;
    const next = () => {
      const port = queue.shift();
      held = port !== undefined;
      port?.postMessage(0);
    };
    return () => {
      const { port1, port2 } = new MessageChannel();
      port1.on('message', (wanted: boolean) => {
        if (wanted) queue.push(port1);
        if (!wanted || !held) next();
      });
      return { payload: port2, transfer: [port2] };
    };
  },
  async attach(payload) {
    const port = payload as MessagePort;
    let granted = () => {};
    port.on('message', () => granted());
    return async (section) => {
      await new Promise<void>((resolve) => {
        granted = resolve;
        port.postMessage(true);
      });
      section();
      port.postMessage(false);
    };
  },
};

export const lockOf: Readonly<Record<string, Lock>> = {
  ours,
  'ours-async': oursAsync,
  'ours-parked': oursParked,
  atomics: atomics(0),
  'atomics-spin': atomics(100),
  multithreading,
  koffi,
  'web-locks': locks,
  mortice,
  'message-port': messagePort,
};
