/** One thread asks for a permit that is taken, of a semaphore whose queue is full, and is refused. */
import { type Case, cannot, type Entry } from '../harness/types.js';
import { nsPerOperation } from '../measure/batches.js';

const UNBOUNDED = cannot('no queue that threads share and whose length can be bounded');

function loop(make: () => Promise<(n: number) => void | Promise<void>>): Entry {
  return { way: { run: async () => nsPerOperation(await make()) } };
}

async function full() {
  const { Semaphore } = await import('@eventfd/semaphore');
  const semaphore = new Semaphore(1, { maxWaiting: 0 });
  semaphore.acquireSync();
  return semaphore;
}

function count(refused: number, n: number): void {
  if (refused !== n) throw new Error(`${n - refused} of ${n} were not refused`);
}

export const refused: Case = {
  id: 'refused',
  title: 'Refused at a full queue',
  about:
    'One thread, one permit that is taken, nobody may wait. Most of it is the error with its stack: the floor makes one, ' +
    'throws it and catches it. No peer bounds a queue that threads share.',
  points: [{}],
  quick: false,
  metrics: { time: { unit: 'ns', title: 'ask and be refused', better: 'less' } },
  subjects: {
    ours: loop(async () => {
      const semaphore = await full();
      return (n) => {
        let refusals = 0;
        for (let i = 0; i < n; i++) {
          try {
            semaphore.acquireSync();
          } catch {
            refusals++;
          }
        }
        count(refusals, n);
      };
    }),
    'ours-async': loop(async () => {
      const semaphore = await full();
      return async (n) => {
        let refusals = 0;
        for (let i = 0; i < n; i++) {
          try {
            await semaphore.acquire();
          } catch {
            refusals++;
          }
        }
        count(refusals, n);
      };
    }),
    error: loop(async () => {
      const refuse = () => {
        throw Object.assign(new Error('refused'), { code: 'ERR_QUEUE_FULL' });
      };
      return (n) => {
        let refusals = 0;
        for (let i = 0; i < n; i++) {
          try {
            refuse();
          } catch {
            refusals++;
          }
        }
        count(refusals, n);
      };
    }),
    atomics: UNBOUNDED,
    multithreading: UNBOUNDED,
    mortice: UNBOUNDED,
    'web-locks': UNBOUNDED,
    'async-mutex': UNBOUNDED,
  },
};
