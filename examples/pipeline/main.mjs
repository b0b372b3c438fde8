// Three stages on six threads, with bounded buffers between them: numbers -> their squares -> the sum.
import { once } from 'node:events';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { Latch } from '@eventfd/semaphore';
import { BoundedBuffer, makeBuffer } from './bounded-buffer.mjs';

const COUNT = 5_000;
const SQUARERS = 4;

const stages = {
  produce({ numbers }) {
    for (let i = 1; i <= COUNT; i++) numbers.put(i);
    numbers.end();
  },

  /** There are four of these. The last one to have done ends the next buffer. */
  square({ numbers, squares, squaring }) {
    for (let i = numbers.take(); i !== undefined; i = numbers.take()) {
      for (let work = 0; work < 2_000; work++) Math.sqrt(work); // slower than the producer
      squares.put(i ** 2);
    }
    squaring.arriveAndWaitSync();
    squares.end(); // harmless when done four times
  },

  sum({ squares, result }) {
    for (let i = squares.take(); i !== undefined; i = squares.take()) {
      result[0] += 1;
      result[1] += i;
    }
  },
};

async function run(capacity) {
  const shared = {
    numbers: makeBuffer(capacity, 'numbers'),
    squares: makeBuffer(capacity, 'squares'),
    squaring: new Latch(SQUARERS, { name: 'all is squared' }),
    result: new Float64Array(new SharedArrayBuffer(16)),
  };
  const start = (stage) => new Worker(new URL(import.meta.url), { workerData: { stage, ...shared } });
  const workers = [start('sum'), ...Array.from({ length: SQUARERS }, () => start('square')), start('produce')];
  await Promise.all(workers.map((worker) => once(worker, 'exit')));
  const [count, sum] = shared.result;
  const highest = [shared.numbers, shared.squares].map((buffer) => new BoundedBuffer(buffer).highest).join(' and ');
  const room = `room for ${capacity}:`.padEnd(16);
  console.log(`${room} ${count} of ${COUNT} numbers came through, sum ${sum}, at most ${highest} in the buffers`);
}

if (isMainThread) {
  console.log(`expected: sum ${Array.from({ length: COUNT }, (_, i) => (i + 1) ** 2).reduce((a, b) => a + b)}`);
  await run(COUNT); // as good as no bound: the producer runs ahead, and all it made lies in memory
  await run(8);
} else {
  const { stage, numbers, squares, squaring, result } = workerData;
  stages[stage]({
    numbers: new BoundedBuffer(numbers),
    squares: new BoundedBuffer(squares),
    squaring: Latch.from(squaring),
    result,
  });
}
