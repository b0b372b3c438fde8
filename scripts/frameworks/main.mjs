// `pnpm test:frameworks [names...]`: what starts or builds programs its own way runs one that uses the packages, which are installed
// from the tarballs into an empty folder with an empty HOME. Each project's prove.mjs says what it has seen.
import { cpSync, mkdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { environment, hostNpm, quiet, root, run, tarballs, temporaryFolder } from '../stranger.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));

/** By project: what is installed beside the packages. */
const PROJECTS = {
  next: ['next@16.4.6', 'react@19.3.1', 'react-dom@19.3.1'],
  pm2: ['pm2@7.0.4'],
  cluster: [],
};
const DEADLINE = 180_000;

const names = process.argv.slice(2).filter((argument) => Object.hasOwn(PROJECTS, argument));
const base = temporaryFolder('eventfd-frameworks-');
let failed = false;

for (const [project, needs] of Object.entries(PROJECTS)) {
  if (names.length > 0 && !names.includes(project)) continue;
  const folder = join(base, project);
  mkdirSync(folder);
  cpSync(join(here, 'projects', project), folder, { recursive: true });
  cpSync(join(here, 'support'), join(folder, 'support'), { recursive: true });
  cpSync(join(root, 'scripts/runners/app'), join(folder, 'scenarios'), { recursive: true });
  const env = environment(folder, [dirname(process.execPath), process.env.PATH].join(delimiter));
  const began = performance.now();
  const installed = run(process.execPath, [hostNpm, 'install', ...quiet, ...tarballs, ...needs], folder, env);
  const proof =
    installed.status === 0
      ? run(process.execPath, ['prove.mjs'], folder, { ...env, NEXT_TELEMETRY_DISABLED: '1' }, DEADLINE)
      : installed;
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  const result = proof.status === 0 ? 'ok' : `FAILED with ${proof.status}`;
  console.log(`${project} ${needs.join(' ')}: ${result} (${seconds} s)\n${proof.output}`);
  if (proof.status !== 0) failed = true;
}
process.exit(failed ? 1 : 0);
