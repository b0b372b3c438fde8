// Checks every tracked C++ file against .clang-format and prints those that differ; --write formats them.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getNativeBinary } from 'clang-format';

const root = fileURLToPath(new URL('..', import.meta.url));
const write = process.argv.includes('--write');

function run(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  if (status === 0) return stdout;
  console.error(`${command}: ${error?.message ?? stderr}`);
  process.exit(2);
}

const clangFormat = getNativeBinary();
const files = run('git', ['ls-files', '-z', '*.cc', '*.h'])
  .split('\0')
  .filter((file) => file !== '' && existsSync(join(root, file)));

let differ = 0;
for (const file of files) {
  const formatted = run(clangFormat, ['--style=file', file]);
  if (formatted === readFileSync(join(root, file), 'utf8')) continue;
  differ++;
  console.log(file);
  if (write) writeFileSync(join(root, file), formatted);
}
if (write) console.log(`clang-format: ${differ} of ${files.length} files rewritten`);
else if (differ > 0)
  console.error(`clang-format: ${differ} of ${files.length} files differ; \`pnpm format\` fixes them`);
process.exit(differ > 0 && !write ? 1 : 0);
