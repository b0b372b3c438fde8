/** Worker threads that run an exported function of one of our modules. */
import { once } from 'node:events';
import { parentPort, type Transferable, Worker, workerData } from 'node:worker_threads';

interface Task {
  readonly module: string;
  readonly name: string;
  readonly argument: unknown;
}

export interface Thread {
  readonly worker: Worker;
  /** The function has called `ready()`. */
  readonly ready: Promise<void>;
  /** The function has returned, and this is what. */
  readonly result: Promise<unknown>;
}

const entry = new URL('./thread.js', import.meta.url);

/** @param module the calling module's `import.meta.url` */
export function start(module: string, name: string, argument: unknown, transferList: Transferable[] = []): Thread {
  const workerData: Task = { module, name, argument };
  const worker = new Worker(entry, { workerData, transferList: transferList as never });
  const ready = once(worker, 'message').then(() => {});
  const result = new Promise((resolve, reject) => {
    worker.on('message', (message: { result?: unknown } | 'ready') => {
      if (message !== 'ready') resolve(message.result);
    });
    worker.once('error', reject);
    // One that is terminated ends with 1.
    worker.once('exit', (code) => {
      if (code === 0) reject(new Error('a worker ended before its work was done: nothing kept its loop alive'));
    });
  });
  result.catch((error) => {
    // A thread that fails must not look like one that is slow.
    console.error(error);
    process.exit(1);
  });
  return { worker, ready, result };
}

export function ready(): void {
  parentPort?.postMessage('ready');
}

/** What thread.js does. */
export async function runTask(): Promise<void> {
  const { module, name, argument } = workerData as Task;
  const functions = (await import(module)) as Record<string, (argument: unknown) => unknown>;
  parentPort?.postMessage({ result: await functions[name]?.(argument) });
}
