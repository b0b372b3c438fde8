// Packs the packages and has publint and attw look at the tarballs, then knip at the sources: what a package publishes
// resolves, for every kind of importer, and nothing here is unused. Prints what a tool has to say only when it objects.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pack } from './pnpm.mjs';
import { installTools, runTool } from './tool.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = mkdtempSync(join(tmpdir(), 'eventfd-lint-'));
process.on('exit', () => rmSync(target, { recursive: true, force: true }));

function lint(what, tool, args) {
  const { status, stdout, stderr } = runTool(tool, args, { cwd: root, stdio: 'pipe' });
  console.log(`${tool}: ${what}: ${status === 0 ? 'clean' : `status ${status}`}`);
  if (status === 0) return;
  console.log(`${stdout}${stderr}`);
  process.exitCode = 1;
}

await installTools();
for (const folder of ['packages/eventfd', 'packages/semaphore', 'packages/lease']) {
  const tarball = pack(join(root, folder), target);
  lint(basename(tarball), 'publint', ['run', tarball, '--strict']);
  // ESM only: CommonJS on Node 20.19 and newer can require() it, which attw does not know; pnpm prove:install shows it.
  lint(basename(tarball), 'attw', [tarball, '--profile', 'esm-only']);
}
lint('the workspace', 'knip', ['--config', 'scripts/tools/knip.jsonc', '--treat-config-hints-as-errors']);
