// A worker that is terminated while it imports modules leaves files of theirs open.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

const folder = mkdtempSync(`${tmpdir()}/import-`);
process.on('exit', () => rmSync(folder, { recursive: true }));
const names = Array.from({ length: 60 }, (_, i) => `${folder}/${i}.mjs`);
for (const name of names) writeFileSync(name, 'export {};');
writeFileSync(`${folder}/main.mjs`, names.map((name) => `import '${name}';`).join('\n'));
const before = readdirSync('/proc/self/fd').length;
for (let round = 0; round < 200; round++) {
  const worker = new Worker(`${folder}/main.mjs`);
  await sleep(10 + (round % 40));
  await worker.terminate();
}
const open = readdirSync('/proc/self/fd').length - before;
console.log(open < 3 ? 'ok' : `FAILS: ${open} more descriptors are open after 200 workers have ended`);
