// Whether a binary of the addon loads wherever Node 20 runs: what it asks of the C and C++ libraries is no newer than
// what RHEL 8, Debian 10 and Ubuntu 20.04 have, and is in musl as well (Alpine); everything else it asks for is Node's.
import { execFileSync } from 'node:child_process';

const newest = { GLIBC: '2.17', GLIBCXX: '3.4.25', CXXABI: '1.3.11', GCC: '8.0.0' };
const machines = { x64: 'X86-64', arm64: 'AArch64' };
// musl's loader takes libc.so.6 and libm.so.6 for itself; it has no ld-linux.
const libraries = /^(libstdc\+\+\.so\.6|libm\.so\.6|libgcc_s\.so\.1|libc\.so\.6)$/;
// What of glibc may be asked for: these are in musl, too (1.2.3), under the same name and with the same meaning. Before
// adding one, look whether it is there, and that no header gives it another name (`fcntl64`, `__isoc23_strtol`, `__read_chk`).
const alsoInMusl = new Set(
  `__cxa_finalize __errno_location __libc_current_sigrtmax __libc_current_sigrtmin __sched_cpucount abort calloc close epoll_create1
   epoll_ctl epoll_wait eventfd fcntl flock free getpid malloc memchr memcmp memcpy memmove memset mincore mmap
   mprotect munmap pipe poll ppoll pthread_mutex_lock pthread_mutex_unlock pthread_self read readlink sched_getaffinity sched_yield
   sigaction sigaddset sigemptyset sigfillset sigprocmask strcmp strlen syscall sysconf write`.split(/\s+/),
);

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
    if (library === 'GLIBC' && !alsoInMusl.has(symbol)) problems.push(`${symbol} is not known to be in musl`);
    if (compareVersions(number, highest[library] ?? '0') > 0) highest[library] = number;
  }
  if (count === 0) problems.push('it asks for no symbol at all: not a binary of the addon');
  const summary = Object.entries(highest).map(([library, number]) => `${library} <= ${number}`);
  return { problems, summary: `${machine}, ${count} symbols, ${summary.join(', ')}` };
}
