/** A worker that loads one module, or none, and says so. */
import { parentPort, workerData } from 'node:worker_threads';

if (workerData !== undefined) await import(workerData as string);
parentPort?.postMessage('loaded');
