// Two workers of node:cluster: the library works in each, and a semaphore is one process's.
import cluster from 'node:cluster';
import { once } from 'node:events';

if (cluster.isPrimary) {
  const { checkWork } = await import('./support/proof.mjs');
  const workers = [cluster.fork(), cluster.fork()];
  const said = await Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0]));
  checkWork(said, 2);
  for (const worker of workers) worker.kill();
  await Promise.all(workers.map((worker) => once(worker, 'exit')));
  console.log(`two workers: ${said[0].passed.length} scenarios in each, and both hold the only permit of that name`);
} else {
  const { work } = await import('./support/program.mjs');
  process.send(await work());
}
