import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileAll, folderOf, must } from './compile.mjs';

const PREFIX = 'x86_64-w64-mingw32-';
const COMPILER = `${PREFIX}g++-posix`;
/** What every Windows has. */
const LIBRARIES = /^(node\.exe|kernel32\.dll|msvcrt\.dll|advapi32\.dll)$/i;

/** Compiles the addon for Windows; resolves to what is wrong with it, or what there is to say. */
export async function compileForWindows() {
  const found = await must(COMPILER, ['--version']).catch(() => undefined);
  if (found === undefined)
    return { problem: `no ${COMPILER} here (Debian: apt-get install g++-mingw-w64-x86-64-posix)` };
  const folder = folderOf('win32-x64');
  const defines = ['NOMINMAX', 'WIN32_LEAN_AND_MEAN'];
  const objects = await compileAll({ os: 'win', folder, compiler: [COMPILER], defines });

  // What Node has is in its executable, whatever that is called (Electron's is not node.exe): a library that says so is made
  // of the names that are asked for, and looked for when the first of them is called; delay-load.cc finds it.
  const asked = await must(`${PREFIX}nm`, ['--undefined-only', '--no-sort', ...objects]);
  const names = [...new Set([...asked.matchAll(/ U (?:__imp_)?((?:napi|node_api|uv)_\w+)/g)].map(([, name]) => name))];
  const [definitions, library] = ['node.def', 'libnode.a'].map((file) => join(folder, file));
  writeFileSync(definitions, ['NAME node.exe', 'EXPORTS', ...names.sort(), ''].join('\n'));
  await must(`${PREFIX}dlltool`, ['-d', definitions, '-y', library]);
  const delay = fileURLToPath(new URL('delay-load.cc', import.meta.url));
  const binary = join(folder, 'eventfd.node');
  // Statically: a machine has none of the compiler's libraries.
  const link = [
    '-shared',
    '-static',
    '-s',
    '-O2',
    '-std=c++20',
    delay,
    ...objects,
    library,
    '-ldelayimp',
    '-o',
    binary,
  ];
  await must(COMPILER, link);

  const needed = await must(`${PREFIX}objdump`, ['-p', binary]);
  const libraries = [...needed.matchAll(/DLL Name: (\S+)/g)].map(([, name]) => name);
  const others = libraries.filter((name) => !LIBRARIES.test(name));
  if (others.length > 0) return { problem: `it needs ${others.join(', ')}, which not every Windows has` };
  return { told: `${names.length} symbols of Node, and ${libraries.join(', ')}` };
}
