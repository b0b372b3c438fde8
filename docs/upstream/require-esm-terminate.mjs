// A worker that is terminated while it require()s an ES module aborts the process: v8::Module::IsGraphAsync.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

const folder = mkdtempSync(`${tmpdir()}/require-`);
process.on('exit', () => rmSync(folder, { recursive: true }));
const names = Array.from({ length: 60 }, (_, i) => `${folder}/${i}.mjs`);
for (const name of names) writeFileSync(name, 'export {};');
writeFileSync(`${folder}/main.mjs`, names.map((name) => `import '${name}';`).join('\n'));
const program = `require('worker_threads').parentPort.postMessage(0); require('${folder}/main.mjs')`;
for (let round = 0; round < 400; round++) {
  const worker = new Worker(program, { eval: true });
  await once(worker, 'message');
  await sleep(round % 20);
  await worker.terminate();
}
console.log('ok');
