// What the pool's workers run: a question to a backend that can do eight at a time. More share it, and each that is too many
// costs all of them something, as with disks and databases.
import { setTimeout as sleep } from 'node:timers/promises';
import { task } from '@eventfd/semaphore/piscina';

const AT_A_TIME = 8;
const COST = 0.05;
const WORK_MS = 200;

export default task(async ({ inside }, signal) => {
  Atomics.add(inside, 0, 1);
  try {
    for (let left = WORK_MS; left > 0; ) {
      const began = performance.now();
      await sleep(5, undefined, { signal });
      const crowd = Atomics.load(inside, 0);
      const tooMany = Math.max(0, crowd - AT_A_TIME);
      const speed = Math.min(1, AT_A_TIME / crowd) / (1 + COST * tooMany);
      left -= (performance.now() - began) * speed;
    }
  } finally {
    Atomics.sub(inside, 0, 1);
  }
});
