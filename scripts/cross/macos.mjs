import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zigOf } from '../nodes.mjs';
import { compileAll, folderOf, must } from './compile.mjs';
import { undefinedSymbols } from './mach-o.mjs';

const ZIG = '0.11.0';
const TARGETS = { x64: 'x86_64-macos', arm64: 'aarch64-macos' };
const OF_NODE = /^_(napi|node_api|uv)_/;

/** Compiles the addon for macOS; resolves to what is wrong with it, or what there is to say. */
export async function compileForMacOS(arch) {
  const zig = zigOf(ZIG);
  if (zig === undefined) return { problem: `zig ${ZIG} cannot be had from the registry` };
  const folder = folderOf(`darwin-${arch}`);
  const cache = fileURLToPath(new URL('../../node_modules/.cache/zig-cache', import.meta.url));
  const env = { ZIG_GLOBAL_CACHE_DIR: cache, ZIG_LOCAL_CACHE_DIR: cache };
  // zig adds checks of undefined behaviour where nothing says otherwise, and their library to link.
  const compiler = [zig, 'c++', '-target', TARGETS[arch], '-fno-sanitize=undefined'];
  const objects = await compileAll({ os: 'mac', folder, compiler, env });
  const binary = join(folder, 'eventfd.node');
  const [command, ...first] = compiler;
  await must(command, [...first, '-shared', '-undefined', 'dynamic_lookup', '-s', ...objects, '-o', binary], env);

  // The linker lets pass whatever may be in the process by then.
  const { inProcess, libraries } = undefinedSymbols(readFileSync(binary), arch);
  const stray = inProcess.filter((name) => !OF_NODE.test(name));
  if (stray.length > 0) return { problem: `neither macOS nor Node has ${stray.join(', ')}` };
  if (inProcess.length === 0) return { problem: 'it asks Node for nothing' };
  const others = libraries.filter((name) => !name.startsWith('/usr/lib/libSystem.'));
  if (others.length > 0) return { problem: `it needs ${others.join(', ')}, which not every macOS has` };
  return { told: `${inProcess.length} symbols of Node, and ${libraries.join(', ')}` };
}
