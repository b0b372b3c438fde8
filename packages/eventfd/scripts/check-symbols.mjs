// Whether a binary of the addon loads wherever Node 20 runs: what it asks of the C and C++ libraries is no newer than
// what RHEL 8, Debian 10 and Ubuntu 20.04 have, and everything else it asks for is Node's.
import { execFileSync } from 'node:child_process';

const newest = { GLIBC: '2.28', GLIBCXX: '3.4.25', CXXABI: '1.3.11', GCC: '8.0.0' };
const machines = { x64: 'X86-64', arm64: 'AArch64' };
const libraries =
  /^(libstdc\+\+\.so\.6|libm\.so\.6|libgcc_s\.so\.1|libc\.so\.6|ld-linux-(x86-64\.so\.2|aarch64\.so\.1))$/;

const readelf = (...args) =>
  execFileSync('readelf', [...args], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });

/** Below 0, 0 or above 0, as `a` is older than, equal to or newer than `b`. */
function compareVersions(a, b) {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** What is wrong with `file` as the binary for `arch`, a line each, and what it needs at least. */
export function checkSymbols(file, arch) {
  const problems = [];
  const machine = /Machine:\s+(.*)/.exec(readelf('--file-header', file))?.[1] ?? 'unknown';
  if (!machine.includes(machines[arch])) problems.push(`it is for ${machine}, not ${machines[arch]}`);

  for (const [, library] of readelf('--dynamic', file).matchAll(/\(NEEDED\).*\[(.*)\]/g))
    if (!libraries.test(library)) problems.push(`it needs ${library}, which Node does not load`);

  const highest = {};
  let count = 0;
  // "  12: 0000000000000000     0 FUNC    GLOBAL DEFAULT  UND dlopen@GLIBC_2.2.5 (3)"
  for (const [, binding, symbol, version] of readelf('--dyn-syms', '--wide', file).matchAll(
    /\b(GLOBAL|WEAK)\s+DEFAULT\s+UND\s+([^\s@]+)(?:@+(\S+))?/g,
  )) {
    count++;
    if (version === undefined) {
      if (binding === 'GLOBAL' && !/^(napi|uv)_/.test(symbol)) problems.push(`${symbol} is defined nowhere`);
      continue;
    }
    const [library, number] = version.split('_');
    if (!(library in newest)) problems.push(`${symbol} is of ${version}, an unknown library`);
    else if (compareVersions(number, newest[library]) > 0)
      problems.push(`${symbol} is of ${version}, newer than ${newest[library]}; see native/older_libc.cc`);
    if (compareVersions(number, highest[library] ?? '0') > 0) highest[library] = number;
  }
  if (count === 0) problems.push('it asks for no symbol at all: not a binary of the addon');
  const summary = Object.entries(highest).map(([library, number]) => `${library} <= ${number}`);
  return { problems, summary: `${machine}, ${count} symbols, ${summary.join(', ')}` };
}
