/** One lock for readers and writers, as each subject has it. */
import type { MessagePort } from 'node:worker_threads';
import { AtomicsRwLock } from './atomics-rwlock.js';
import { keepAlive, type Lock, same, webLocks } from './lock.js';

const ours: Lock = {
  async open() {
    const { RwLock } = await import('@eventfd/semaphore');
    return same(new RwLock());
  },
  async attach(payload) {
    const { RwLock } = await import('@eventfd/semaphore');
    const lock = RwLock.from(payload as InstanceType<typeof RwLock>);
    return (section, reads) => {
      const guard = reads ? lock.readSync() : lock.writeSync();
      section();
      guard.unlock();
    };
  },
};

const oursAsync: Lock = {
  open: ours.open,
  async attach(payload) {
    const { RwLock } = await import('@eventfd/semaphore');
    const lock = RwLock.from(payload as InstanceType<typeof RwLock>);
    return async (section, reads) => {
      const guard = await (reads ? lock.read() : lock.write());
      section();
      guard.unlock();
    };
  },
};

function atomics(spins: number): Lock {
  return {
    open: async () => same(AtomicsRwLock.share()),
    async attach(payload) {
      const lock = new AtomicsRwLock(payload as SharedArrayBuffer, spins);
      return (section, reads) => {
        if (reads) lock.read();
        else lock.write();
        section();
        if (reads) lock.unlockRead();
        else lock.unlockWrite();
      };
    },
  };
}

const multithreading: Lock = {
  async open() {
    const { RwLock } = await import('multithreading');
    const { pack } = await import('./multithreading.js');
    return same(pack(new RwLock()));
  },
  async attach(payload) {
    const { RwLock } = await import('multithreading');
    const { unpack } = await import('./multithreading.js');
    const lock = unpack<InstanceType<typeof RwLock>>(RwLock, payload);
    return (section, reads) => {
      const guard = reads ? lock.blockingRead() : lock.blockingWrite();
      section();
      guard.dispose();
    };
  },
};

const locks: Lock = {
  open: async () => same('bench'),
  async attach(name) {
    keepAlive();
    return async (section, reads) => {
      await webLocks().request(name as string, { mode: reads ? 'shared' : 'exclusive' }, section);
    };
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
    return async (section, reads) => {
      const release = await (reads ? lock.readLock() : lock.writeLock());
      section();
      release();
    };
  },
};

/** What a worker asks the broker for. */
type Wish = 'read' | 'write' | 'release';

/** A broker on the main thread, first come, first served. */
const messagePort: Lock = {
  async open() {
    const { MessageChannel } = await import('node:worker_threads');
    const queue: { port: MessagePort; writes: boolean }[] = [];
    let inside = 0;
    let writing = false;
    const serve = () => {
      for (let next = queue[0]; next !== undefined && !writing && !(next.writes && inside > 0); next = queue[0]) {
        queue.shift();
        inside++;
        writing = next.writes;
        next.port.postMessage(0);
      }
    };
    return () => {
      const { port1, port2 } = new MessageChannel();
      port1.on('message', (wish: Wish) => {
        if (wish === 'release') {
          inside--;
          writing = false;
        } else queue.push({ port: port1, writes: wish === 'write' });
        serve();
      });
      return { payload: port2, transfer: [port2] };
    };
  },
  async attach(payload) {
    const port = payload as MessagePort;
    let granted = () => {};
    port.on('message', () => granted());
    const ask = (wish: Wish) => port.postMessage(wish);
    return async (section, reads) => {
      await new Promise<void>((resolve) => {
        granted = resolve;
        ask(reads ? 'read' : 'write');
      });
      section();
      ask('release');
    };
  },
};

export const rwlocks: Readonly<Record<string, Lock>> = {
  ours,
  'ours-async': oursAsync,
  atomics: atomics(0),
  'atomics-spin': atomics(100),
  multithreading,
  'web-locks': locks,
  mortice,
  'message-port': messagePort,
};
