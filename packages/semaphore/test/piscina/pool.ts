import { fileURLToPath } from 'node:url';
import { EFD_CLOEXEC, EFD_SEMAPHORE, eventfd, eventfdClose, eventfdWrite } from 'eventfd';
import { Piscina } from 'piscina';
import { onTestFinished } from 'vitest';

type Options = ConstructorParameters<typeof Piscina>[0];

/**
 * Piscina tries `require()` first. Node 20 and 22 abort the process when a worker is terminated while it requires an ES
 * module (docs/lifecycle.md); a pool that is destroyed young does that. Without the option, Piscina imports the module.
 */
const execArgv = ['--no-experimental-require-module'];

/** A pool over fixtures/tasks.mjs with as many workers as said, destroyed when the test is over. */
export function poolOf(workers: number, options: Options = {}): Piscina {
  const filename = fileURLToPath(new URL('fixtures/tasks.mjs', import.meta.url));
  const pool = new Piscina({ filename, minThreads: workers, maxThreads: workers, execArgv, ...options });
  onTestFinished(() => pool.destroy());
  return pool;
}

export const threadIds = (pool: Piscina) => pool.threads.map((worker) => worker.threadId);

/** What the tasks share: see fixtures/tasks.mjs. */
export class Shared {
  readonly words = new Int32Array(new SharedArrayBuffer(16));

  get inside(): number {
    return Atomics.load(this.words, 0);
  }

  get highest(): number {
    return Atomics.load(this.words, 1);
  }

  get noticed(): number {
    return Atomics.load(this.words, 3);
  }

  /** Lets out all who hold. */
  open(): void {
    Atomics.store(this.words, 2, 1);
    Atomics.notify(this.words, 2);
  }
}

/** Where `insideNativeCode` stays until it is let out. */
export class NativeCode {
  readonly #fd = eventfd(0, EFD_CLOEXEC | EFD_SEMAPHORE);
  readonly shared = new Shared();
  readonly task = { words: this.shared.words, fd: this.#fd };

  constructor() {
    onTestFinished(() => eventfdClose(this.#fd));
  }

  letOut(count = 1): void {
    eventfdWrite(this.#fd, BigInt(count));
  }
}

/** Resolves when shared memory says so; it has no event. Says what it waited for when its deadline strikes. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
