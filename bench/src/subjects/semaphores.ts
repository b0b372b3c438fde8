/** Semaphores of so many permits, as each subject has them. With one permit some stand in for a mutex. */
import type { MessagePort } from 'node:worker_threads';
import { AtomicsSemaphore } from './atomics.js';
import { keepAlive, type Lock, same } from './lock.js';

function ours(permits: number, fair: boolean): Lock {
  return {
    async open() {
      const { Semaphore } = await import('@eventfd/semaphore');
      return same(new Semaphore(permits, { fair }));
    },
    async attach(payload) {
      const { Semaphore } = await import('@eventfd/semaphore');
      const semaphore = Semaphore.from(payload as InstanceType<typeof Semaphore>);
      return (section) => {
        const permit = semaphore.acquireSync();
        section();
        permit.release();
      };
    },
  };
}

function oursAsync(permits: number): Lock {
  return {
    open: ours(permits, false).open,
    async attach(payload) {
      const { Semaphore } = await import('@eventfd/semaphore');
      const semaphore = Semaphore.from(payload as InstanceType<typeof Semaphore>);
      return async (section) => {
        const permit = await semaphore.acquire();
        section();
        permit.release();
      };
    },
  };
}

function atomics(permits: number): Lock {
  return {
    open: async () => same(AtomicsSemaphore.share(permits)),
    async attach(payload) {
      const semaphore = new AtomicsSemaphore(payload as SharedArrayBuffer);
      return (section) => {
        semaphore.acquireSync();
        section();
        semaphore.release();
      };
    },
  };
}

export function waitAsync(permits: number): Lock {
  return {
    open: atomics(permits).open,
    async attach(payload) {
      const semaphore = new AtomicsSemaphore(payload as SharedArrayBuffer);
      keepAlive();
      return async (section) => {
        await semaphore.acquire();
        section();
        semaphore.release();
      };
    },
  };
}

function multithreading(permits: number): Lock {
  return {
    async open() {
      const { Semaphore } = await import('multithreading');
      const { pack } = await import('./multithreading.js');
      return same(pack(new Semaphore(permits)));
    },
    async attach(payload) {
      const { Semaphore } = await import('multithreading');
      const { unpack } = await import('./multithreading.js');
      const semaphore = unpack(Semaphore, payload);
      return (section) => {
        const guard = semaphore.blockingAcquire();
        section();
        guard.dispose();
      };
    },
  };
}

export function naive(permits: number): Lock {
  return {
    async open() {
      const { makeNaive } = await import('./naive.js');
      return same(makeNaive(permits));
    },
    async attach(payload) {
      const { attachNaive } = await import('./naive.js');
      const semaphore = attachNaive(payload);
      return (section) => {
        const permit = semaphore.acquireSync();
        section();
        permit.release();
      };
    },
  };
}

export function koffi(permits: number): Lock {
  return {
    async open() {
      const { KoffiEventfd } = await import('./koffi.js');
      return same(KoffiEventfd.share(permits));
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
}

/** Its read lock takes so many readers at once: a semaphore, if nobody asks for the write lock. */
function mortice(permits: number): Lock {
  return {
    async open() {
      const { default: create } = await import('mortice');
      create({ name: 'bench', concurrency: permits });
      return same('bench');
    },
    async attach(name) {
      const { default: create } = await import('mortice');
      const lock = create({ name: name as string });
      return async (section) => {
        const release = await lock.readLock();
        section();
        release();
      };
    },
  };
}

/** A broker on the main thread: a message asks, a message grants, a message gives back. */
export function messagePort(permits: number): Lock {
  return {
    async open() {
      const { MessageChannel } = await import('node:worker_threads');
      const queue: MessagePort[] = [];
      let free = permits;
      return () => {
        const { port1, port2 } = new MessageChannel();
        port1.on('message', (wanted: boolean) => {
          if (wanted) queue.push(port1);
          else free++;
          for (; free > 0 && queue.length > 0; free--) queue.shift()?.postMessage(0);
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
}

export const semaphoresOf = (permits: number): Readonly<Record<string, Lock>> => ({
  ours: ours(permits, false),
  'ours-fair': ours(permits, true),
  'ours-async': oursAsync(permits),
  atomics: atomics(permits),
  'wait-async': waitAsync(permits),
  multithreading: multithreading(permits),
  'naive-eventfd': naive(permits),
  koffi: koffi(permits),
  mortice: mortice(permits),
  'message-port': messagePort(permits),
});
