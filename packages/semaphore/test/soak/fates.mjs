/** The ways in which a thread of the soak ends by itself, while it holds something. */
const ON_PURPOSE = 'thrown on purpose';

/** For threads that are to run out of memory before the machine does. */
export const SMALL_HEAP = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 };

export const fates = {
  'process.exit()': () => process.exit(3),
  throw: () => {
    throw new Error(ON_PURPOSE);
  },
  /** What holds it is not even on the stack. */
  'uncaught elsewhere': () => {
    setImmediate(() => {
      throw new Error(ON_PURPOSE);
    });
  },
  'out of memory': () => {
    const all = [];
    for (;;) all.push(new Array(1_000_000).fill(all.length));
  },
};

/** Whether a worker's `error` event is what its fate has brought. */
export function isOfFate(name, error) {
  if (name === 'out of memory') return error?.code === 'ERR_WORKER_OUT_OF_MEMORY';
  return name in fates && error?.message === ON_PURPOSE;
}
