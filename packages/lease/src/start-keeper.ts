/** The thread of a keeper. It stands here since its address must hold in dist/ and in lib/; see scripts/bundle.mjs. */
import { Worker } from 'node:worker_threads';

export function startKeeper(): Worker {
  return new Worker(new URL('./keeper/worker.js', import.meta.url), { name: 'eventfd-lease', execArgv: [] });
}
