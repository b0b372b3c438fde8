/** Where the addon's binary is. This module's place is one folder below the package's, in dist/ as in lib/. */
import module from 'node:module';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import process from 'node:process';

/** This file. A bundler that makes CommonJS leaves `import.meta` empty, and `__filename` is there. */
const here: string =
  import.meta.url ?? (typeof __filename === 'string' ? __filename : join(process.cwd(), 'in-a-bundle.js'));

// Not by its own name: webpack would follow that, into binaries that it has no loader for. @vercel/nft follows this.
const require = module.createRequire(here);

/** Relative to this file: what `npx eventfd-build` has compiled here, and what comes with the package. */
const COMPILED = '../build/Release/eventfd.node';
const PREBUILT: Readonly<Record<string, string>> = {
  'linux-x64': '../prebuilds/linux-x64/eventfd.node',
  'linux-arm64': '../prebuilds/linux-arm64/eventfd.node',
  'darwin-x64': '../prebuilds/darwin-x64/eventfd.node',
  'darwin-arm64': '../prebuilds/darwin-arm64/eventfd.node',
  'win32-x64': '../prebuilds/win32-x64/eventfd.node',
  'win32-arm64': '../prebuilds/win32-arm64/eventfd.node',
};
const platform = `${process.platform}-${process.arch}`;

function isMissing(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'MODULE_NOT_FOUND';
}

/** The file names are literal: so a tool that copies what a program requires finds them. */
function beside(): unknown {
  try {
    return require('../build/Release/eventfd.node');
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  if (platform === 'linux-x64') return require('../prebuilds/linux-x64/eventfd.node');
  if (platform === 'linux-arm64') return require('../prebuilds/linux-arm64/eventfd.node');
  if (platform === 'darwin-x64') return require('../prebuilds/darwin-x64/eventfd.node');
  if (platform === 'darwin-arm64') return require('../prebuilds/darwin-arm64/eventfd.node');
  if (platform === 'win32-x64') return require('../prebuilds/win32-x64/eventfd.node');
  if (platform === 'win32-arm64') return require('../prebuilds/win32-arm64/eventfd.node');
  throw Object.assign(new Error(`The package has no binary for ${platform}`), { code: 'MODULE_NOT_FOUND' });
}

/** A bundle has left the binary behind; where the package is installed beside or above it, that one will do. */
function ofThePackage(find: NodeJS.RequireResolve): unknown {
  const from = module.createRequire(join(dirname(find('eventfd/package.json')), 'lib/core.js'));
  try {
    return from(COMPILED);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return from(PREBUILT[platform] ?? COMPILED);
}

/** The addon. `EVENTFD_PREBUILD` is for this project's own tests: a folder in which it was compiled otherwise. */
export function findAddon(): unknown {
  const { EVENTFD_PREBUILD: folder }: { EVENTFD_PREBUILD?: string | undefined } = process.env;
  if (folder) return require(resolve(folder, 'build/Release/eventfd.node'));
  try {
    return beside();
  } catch (error) {
    if (!isMissing(error)) throw error;
    // webpack puts in, for the address of a module, where it was when it was bundled; so the program is asked, too.
    for (const place of [here, process.argv[1]]) {
      // A worker that evaluates its text, as `node -e` and `node -` do, has no file here.
      if (typeof place !== 'string' || !(isAbsolute(place) || place.startsWith('file:'))) continue;
      try {
        return ofThePackage(module.createRequire(place).resolve);
      } catch (other) {
        if (!isMissing(other)) throw other;
      }
    }
    throw error;
  }
}

/** The package has come without a binary for this system, which is no fault of the installation. `error` is findAddon's. */
export function isForOthers(error: unknown): boolean {
  const hasAlways = process.platform === 'linux' && platform in PREBUILT;
  return isMissing(error) && !hasAlways && !isBundled();
}

/** Whether this module is not in its package any more. */
export function isBundled(): boolean {
  try {
    return (require('../package.json') as { name?: unknown }).name !== 'eventfd';
  } catch {
    return true;
  }
}
