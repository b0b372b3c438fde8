// Windows, as far as wine is: `pnpm test:windows`. The packages as they are packed, with the binary that Debian's mingw-w64
// compiles here, go through the same steps as on other runtimes (packages/semaphore/test/fixtures/runtimes.mjs): waits of both
// kinds on four threads, and threads that are terminated, throw or exit while they hold, block or await.

import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { windowsNodeOf } from '../nodes.mjs';
import { pack } from '../pnpm.mjs';
import { folderOf, must } from './compile.mjs';
import { compileForWindows } from './windows.mjs';

// Newer ones than of Node 20 end in V8 under the wine of Debian 12.
const NODE = '20.20.2';
const root = fileURLToPath(new URL('../..', import.meta.url));
const base = mkdtempSync(join(tmpdir(), 'eventfd-wine-'));
const env = {
  ...process.env,
  WINEPREFIX: join(base, 'prefix'),
  WINEARCH: 'win64',
  WINEDEBUG: '-all',
  // It would offer to download what no test needs, and write into the desktop's menus.
  WINEDLLOVERRIDES: 'mscoree,mshtml=;winemenubuilder.exe=d',
};

function fail(reason) {
  console.error(`FAIL Windows: ${reason}`);
  process.exitCode = 1;
}

/** Runs a program of Windows; its exit status and what it printed. By way of a file: Node takes no pipe of wine's. */
async function wine(seconds, ...args) {
  const file = join(base, 'output');
  const output = openSync(file, 'w');
  const child = spawn('wine', args, { cwd: base, env, stdio: ['ignore', output, output], timeout: seconds * 1000 });
  const status = await new Promise((resolve, reject) => {
    child.once('error', reject).once('exit', (code, signal) => resolve(code ?? `killed by ${signal}`));
  });
  return { status, output: readFileSync(file, 'utf8') };
}

/** The packages as a stranger has them, and the binary where it will lie. */
async function install() {
  const modules = join(base, 'app/node_modules');
  for (const [name, folder] of [
    ['eventfd', 'packages/eventfd'],
    ['@eventfd/semaphore', 'packages/semaphore'],
  ]) {
    const target = join(modules, name);
    mkdirSync(target, { recursive: true });
    await must('tar', ['-xf', pack(join(root, folder), base), '-C', target, '--strip-components=1']);
  }
  const binaries = join(modules, 'eventfd/prebuilds/win32-x64');
  mkdirSync(binaries, { recursive: true });
  copyFileSync(join(folderOf('win32-x64'), 'eventfd.node'), join(binaries, 'eventfd.node'));
  copyFileSync(join(root, 'packages/semaphore/test/fixtures/runtimes.mjs'), join(base, 'app/runtimes.mjs'));
}

async function test() {
  const node = windowsNodeOf(NODE);
  if (node === undefined) return fail(`Node ${NODE} for Windows cannot be had from the registry`);
  const { problem } = await compileForWindows();
  if (problem !== undefined) return fail(problem);
  await install();

  const started = performance.now();
  for (const args of [
    ['wineboot', '-i'],
    ['reg', 'add', 'HKCU\\Software\\Wine', '/v', 'Version', '/d', 'win10', '/f'],
  ]) {
    const { status, output } = await wine(60, ...args);
    if (status !== 0) return fail(`wine ${args.join(' ')} ended with ${status}\n${output}`);
  }
  const { status, output } = await wine(60, node, 'app/runtimes.mjs');
  const told = /^\{"passed":.*\}\r?$/m.exec(output)?.[0];
  if (status !== 0 || told === undefined) return fail(`exit status ${status}\n${output}`);
  const { passed, of } = JSON.parse(told);
  if (passed.length !== of || of < 6) return fail(`${passed.length} of ${of} steps\n${output}`);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`ok   Node ${NODE} for Windows, under wine: ${of} steps (${seconds} s)`);
}

try {
  await must('wine', ['--version']).then(test, () =>
    fail('there is no wine here; Debian: apt-get install wine64 wine'),
  );
} finally {
  // Whatever still runs there ends, and it alone: a prefix has a server of its own.
  const server = spawn('wineserver', ['-k', '-w'], { env, stdio: 'ignore' });
  await new Promise((resolve) => server.once('error', resolve).once('exit', resolve));
  rmSync(base, { recursive: true, force: true });
}
