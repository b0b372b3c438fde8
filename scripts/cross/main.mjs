// Compiles the addon, as it is for macOS and for Windows, on Linux: `pnpm test:cross [platform-arch...]`. That it compiles and
// links, and asks for nothing but what those systems and Node have, is all that this shows of macOS; what was made for Windows
// runs in `pnpm test:windows`.
//
//   darwin-x64, darwin-arm64    zig, which brings the headers and libraries of macOS; npm has it
//   win32-x64                   Debian's g++-mingw-w64-x86-64-posix
import { compileForMacOS } from './macos.mjs';
import { compileForWindows } from './windows.mjs';

const targets = {
  'darwin-x64': () => compileForMacOS('x64'),
  'darwin-arm64': () => compileForMacOS('arm64'),
  'win32-x64': compileForWindows,
};

const given = process.argv.slice(2);
const names = given.length > 0 ? given : Object.keys(targets);
for (const name of names) {
  if (name in targets) continue;
  console.error(`test:cross: there is no ${name}, only ${Object.keys(targets).join(', ')}`);
  process.exit(2);
}

let failed = 0;
for (const name of names) {
  const started = performance.now();
  const { problem, told } = await targets[name]().catch((error) => ({ problem: error.message, told: '' }));
  const took = `${((performance.now() - started) / 1000).toFixed(1)} s`;
  console.log(problem === undefined ? `ok   ${name}: ${told} (${took})` : `FAIL ${name} (${took}): ${problem}`);
  if (problem !== undefined) failed++;
}
process.exit(failed === 0 ? 0 : 1);
