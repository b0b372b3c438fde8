/** One mutex, as each subject has it. */
import { AtomicsMutex } from './atomics.js';
import { keepAlive, type Lock, same, webLocks } from './lock.js';
import { koffi, messagePort, naive, waitAsync } from './semaphores.js';

function ours(fair: boolean): Lock {
  return {
    async open() {
      const { Mutex } = await import('@eventfd/semaphore');
      return same(new Mutex({ fair }));
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
}

const oursAsync: Lock = {
  open: ours(false).open,
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
  open: ours(false).open,
  async attach(payload) {
    const { native } = await import('eventfd/internal');
    native.setMostSpinning(0);
    return ours(false).attach(payload);
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
    const { pack } = await import('./multithreading.js');
    return same(pack(new Mutex()));
  },
  async attach(payload) {
    const { Mutex } = await import('multithreading');
    const { unpack } = await import('./multithreading.js');
    const mutex = unpack<InstanceType<typeof Mutex>>(Mutex, payload);
    return (section) => {
      const guard = mutex.blockingLock();
      section();
      guard.dispose();
    };
  },
};

const locks: Lock = {
  open: async () => same('bench'),
  async attach(name) {
    keepAlive();
    return async (section) => {
      await webLocks().request(name as string, section);
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
    return async (section) => {
      const release = await lock.writeLock();
      section();
      release();
    };
  },
};

export const mutexes: Readonly<Record<string, Lock>> = {
  ours: ours(false),
  'ours-fair': ours(true),
  'ours-async': oursAsync,
  'ours-parked': oursParked,
  atomics: atomics(0),
  'atomics-spin': atomics(100),
  'wait-async': waitAsync(1),
  multithreading,
  'naive-eventfd': naive(1),
  koffi: koffi(1),
  'web-locks': locks,
  mortice,
  'message-port': messagePort(1),
};
