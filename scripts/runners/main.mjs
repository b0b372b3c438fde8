// `pnpm test:runners [majors...]`: small projects that use the packages as people do, installed from the tarballs into an
// empty folder with an empty HOME, and run by Jest, Vitest, node:test and tsx, on the Node at hand or on others. What differs
// from a plain program there: several realms and several copies of the modules in a thread, and clocks that stand still.
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeOf } from '../nodes.mjs';
import { environment, hostNpm, quiet, root, run, tarballs, temporaryFolder } from '../stranger.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const { vitest, vite } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies;

/** What is installed beside the packages; Vitest is the one that their own tests run on. */
const VERSIONS = { jest: '30.5.2', vitest, vite, tsx: '4.23.15' };

/** By project: what it needs, the command lines it is run by, and what each says if all went well. */
const PROJECTS = {
  jest: {
    needs: ['jest'],
    says: /^Tests: +\d+ passed, \d+ total$/m,
    // In one thread; and two files at least in each of two.
    runs: [['--runInBand'], ['--maxWorkers=2', '--workerThreads']].map((how) => ({
      name: how.join(' '),
      args: ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', ...how],
    })),
  },
  vitest: {
    needs: ['vitest', 'vite'],
    says: /^ +Tests +\d+ passed \(\d+\)$/m,
    runs: [
      { name: 'threads', args: ['--pool=threads'] },
      { name: 'threads, one for all files', args: ['--pool=threads'], env: { ISOLATE: '0' } },
      { name: 'threads, two at a time', args: ['--pool=threads'], env: { TWO: '1' } },
      { name: 'threads, inlined', args: ['--pool=threads'], env: { INLINE: '1' } },
      { name: 'forks', args: ['--pool=forks'] },
      { name: 'vmThreads', args: ['--pool=vmThreads'] },
    ].map(({ args, ...how }) => ({ ...how, args: ['node_modules/vitest/vitest.mjs', 'run', ...args] })),
  },
  'node-test': { needs: [], says: /pass 14$/m, runs: [{ name: '--test', args: ['--test'] }] },
  // Of the two, each has a copy of the packages. (Registered by --import, Node 20 fails to link what CommonJS requires.)
  tsx: {
    needs: ['tsx'],
    says: /two copies of the modules[\s\S]*attaches$/m,
    runs: [{ name: 'CommonJS and ESM', args: ['--require', 'tsx/cjs', 'main.ts'] }],
  },
};

/** For one run. A wait that is never granted keeps a test runner alive. */
const DEADLINE = 90_000;

const given = process.argv.slice(2).filter((argument) => argument !== '--');
const majors = given.filter((argument) => /^\d+$/.test(argument));
const names = given.filter((argument) => Object.hasOwn(PROJECTS, argument));
const nodes = majors.length === 0 ? [process.execPath] : majors.map(nodeOf);
const base = temporaryFolder('eventfd-runners-');

/** Makes the project, and installs what it needs. What is installed serves every Node. */
function install(name, needs) {
  const folder = join(base, name);
  mkdirSync(folder);
  cpSync(join(here, 'projects', name), folder, { recursive: true });
  cpSync(join(here, 'app'), join(folder, 'app'), { recursive: true });
  const env = environment(folder, [dirname(process.execPath), process.env.PATH].join(delimiter));
  const wanted = needs.map((need) => `${need}@${VERSIONS[need]}`);
  const { status, output } = run(process.execPath, [hostNpm, 'install', ...quiet, ...tarballs, ...wanted], folder, env);
  if (status === 0) return folder;
  console.error(`runners: npm install of ${name} ended with ${status}\n${output}`);
  process.exit(1);
}

function runOn(node, folder, says, { args, env = {} }) {
  const path = [dirname(node), process.env.PATH].join(delimiter);
  const started = performance.now();
  const { status, output } = run(node, args, folder, { ...environment(folder, path), ...env }, DEADLINE);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const result = status !== 0 ? `FAILED with ${status}` : says.test(output) ? 'ok' : 'FAILED to say so';
  return { result, seconds, output };
}

const rows = [];
for (const [project, { needs, says, runs }] of Object.entries(PROJECTS)) {
  if (names.length > 0 && !names.includes(project)) continue;
  const folder = install(project, needs);
  for (const node of nodes) {
    const version = run(node, ['--version'], folder, process.env).stdout.trim();
    for (const how of runs) {
      const { result, seconds, output } = runOn(node, folder, says, how);
      if (result !== 'ok') console.error(`runners: ${project} (${how.name}) on ${version}: ${result}\n${output}`);
      rows.push({ node: version, project, run: how.name, seconds, result });
    }
  }
}
console.table(rows);
process.exit(rows.every(({ result }) => result === 'ok') ? 0 : 1);
