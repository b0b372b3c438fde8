// Runs the tests on other Nodes: `pnpm test:matrix [majors...] [vitest's arguments...]`, by default on 22, 24 and 26.
// Nothing is built for them: they load the very binary that the Node running this script built. Left out is what
// no Node has a part in; vitest.config.ts names it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeOf } from './nodes.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const cache = join(root, 'node_modules/.cache');
const addon = join(root, 'packages/eventfd/build/Release/eventfd.node');

const given = process.argv.slice(2).filter((argument) => argument !== '--');
const named = given.filter((argument) => /^\d+$/.test(argument));
const majors = named.length > 0 ? named : ['22', '24', '26'];
const forVitest = given.filter((argument) => !named.includes(argument));

const digest = () => createHash('sha256').update(readFileSync(addon)).digest('hex');

function testOn(major) {
  const binary = nodeOf(major);
  if (binary === undefined) return { node: major, result: 'not installed' };
  const print = 'process.stdout.write(process.version + " " + process.versions.napi)';
  const [version, napi] = spawnSync(binary, ['-e', print], { encoding: 'utf8' }).stdout.split(' ');
  console.log(`\nmatrix: Node ${version} (Node-API ${napi})`);

  const report = join(cache, `matrix-${major}-${process.pid}.json`);
  const reporters = [
    '--reporter=default',
    '--reporter=./scripts/watchdog.ts',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ];
  const started = performance.now();
  const { status } = spawnSync(binary, ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...forVitest], {
    cwd: root,
    // A test that starts `node` by name gets this one too.
    env: { ...process.env, EVENTFD_TEST_MATRIX: '1', PATH: [dirname(binary), process.env.PATH].join(delimiter) },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  let counts = {};
  if (existsSync(report)) {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
    counts = { passed: numPassedTests, failed: numFailedTests };
    rmSync(report);
  }
  return { node: version, ...counts, seconds, result: status === 0 ? 'ok' : 'FAILED' };
}

const before = digest();
console.log(
  `matrix: the addon built by Node ${process.version} (sha256 ${before.slice(0, 12)}) on Node ${majors.join(', ')}`,
);
const rows = majors.map(testOn);

console.log('\nmatrix:');
console.table(rows);
if (digest() !== before) {
  console.error('matrix: the addon was rebuilt while the tests ran; run this again');
  process.exit(1);
}
process.exit(rows.every((row) => row.result === 'ok') ? 0 : 1);
