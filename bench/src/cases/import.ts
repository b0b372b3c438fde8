/** What a worker costs before it does anything. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type Case, cannot, type Entry, type Figures } from '../harness/types.js';
import { cpuMicros, now, percentiles } from '../measure/clock.js';
import { MORTICE_SINCE, MULTITHREADING_SINCE } from '../subjects/lock.js';

const WORKERS = 12;
/** The first ones also read files that nobody had read, and compile what V8 keeps for the next. */
const WARM_UP = 3;
const BUILT_IN = 'nothing to import: part of Node';

const entry = new URL('../measure/loads.js', import.meta.url);

/** A worker from its start to its message: the time and the process's CPU. */
async function start(module: string | undefined): Promise<{ ms: number; cpu: number }> {
  const [began, before] = [now(), cpuMicros()];
  const worker = new Worker(entry, { workerData: module });
  await once(worker, 'message');
  const taken = { ms: now() - began, cpu: cpuMicros() - before };
  await worker.terminate();
  return taken;
}

/** One worker after the other, with the module and without in turns. */
async function run(module: string | undefined): Promise<Figures> {
  const times: number[] = [];
  const empty: number[] = [];
  let cpu = 0;
  for (let i = -WARM_UP; i < WORKERS; i++) {
    const without = await start(undefined);
    const taken = await start(module);
    if (i < 0) continue;
    times.push(taken.ms);
    empty.push(without.ms);
    cpu += taken.cpu;
  }
  const p50 = percentiles(times).p50;
  return { p50, above: Math.max(0, p50 - percentiles(empty).p50), cpu: cpu / WORKERS / 1000 };
}

const importing = (module?: string, more: Partial<Entry> = {}): Entry => ({
  way: { run: () => run(module === undefined ? undefined : import.meta.resolve(module)) },
  quick: false,
  ...more,
});

export const imports: Case = {
  id: 'import',
  title: 'Import: a worker that has a lock at hand',
  about:
    `From new Worker to the message that its module is loaded, ${WORKERS} of them, one after the other. The floor is a worker ` +
    'that imports nothing; what is above it is the module, and is measured against such workers in turns. CPU is that of the whole process in this time.',
  points: [{}],
  rounds: 3,
  metrics: {
    p50: { unit: 'ms', title: 'until it is loaded', better: 'less' },
    above: { unit: 'ms', title: 'of which for the module', better: 'less' },
    cpu: { unit: 'ms', title: 'CPU', better: 'less', cost: true },
  },
  subjects: {
    ours: importing('@eventfd/semaphore'),
    'ours-eventfd': importing('eventfd'),
    noop: importing(),
    multithreading: importing('multithreading', { since: MULTITHREADING_SINCE }),
    mortice: importing('mortice', { since: MORTICE_SINCE }),
    'async-mutex': importing('async-mutex'),
    koffi: importing('koffi'),
    atomics: cannot(BUILT_IN),
    'web-locks': cannot(BUILT_IN),
    'message-port': cannot(BUILT_IN),
  },
};
