// Everything that must exist before anything can run: the addon, the assembled WebAssembly, the compiled TypeScript, and the files
// that are published.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { exclusive } from '../packages/eventfd/scripts/exclusive.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const steps = [
  ['packages/eventfd/scripts/build-native.mjs'],
  ['packages/semaphore/scripts/assemble.mjs'],
  ['node_modules/typescript/bin/tsc', '-b'],
  ['scripts/bundle.mjs'],
];

// Two commands started at once take turns: the second finds everything made, and reads no file half written.
await exclusive(`build ${root}`);
for (const step of steps) {
  const { status } = spawnSync(process.execPath, step, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
