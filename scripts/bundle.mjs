// What is published of a package: each of its entries as one file of lib/, and what several need in one beside them, since
// a worker that imports them pays for every file. lib/ is laid out as dist/ and src/ are: the module src/a/index.ts is
// lib/a/index.js, and what no entry alone needs is at the top, in lib/core.js (of the main entry) and lib/shared.js.
// So an address in the sources, `new URL('./b.js', import.meta.url)`, stands in an entry or in a module at the top of src/.
//
// An entry is a line of `exports` in package.json, which says where its types are; those that are not exported are here.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
// The one that Vite brings, which the tests use.
const { rolldown } = await import(createRequire(import.meta.resolve('vite')).resolve('rolldown'));

/** What is loaded by its address: the command, the thread of a lease's keeper and what that imports. */
const LOADED = {
  eventfd: [],
  semaphore: ['cli/main'],
  lease: ['keeper/worker', 'machine/engine', 'postgres/engine', 'redis/engine'],
};

/** The modules that are entries, as `index` or `a/index`. */
function entriesOf(folder, name) {
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const exported = Object.values(exports).flatMap((entry) => {
    if (typeof entry === 'string') return [];
    const [, types] = /^\.\/dist\/(.+)\.d\.ts$/.exec(entry.types) ?? [];
    const [, code] = /^\.\/lib\/(.+)\.js$/.exec(entry.default) ?? [];
    if (types === undefined || types !== code)
      throw new Error(`${name}: an entry of exports has its types in dist/ and its code at the same place in lib/`);
    return [types];
  });
  return [...exported, ...LOADED[name]];
}

/** A test of modules: whether `entry` needs it from the start. */
function neededBy(entry) {
  let needed;
  return (id, context) => {
    if (needed === undefined) {
      needed = new Set([entry]);
      for (const each of needed) for (const other of context.getModuleInfo(each)?.importedIds ?? []) needed.add(other);
    }
    return needed.has(id) || id.includes('rolldown/runtime');
  };
}

async function bundle(name) {
  const folder = join(root, 'packages', name);
  const isCore = neededBy(join(folder, 'src/index.ts'));
  const build = await rolldown({
    cwd: folder,
    input: Object.fromEntries(entriesOf(folder, name).map((entry) => [entry, `src/${entry}.ts`])),
    external: (id) => !/^[./\0]/.test(id),
    platform: 'node',
    tsconfig: false,
    transform: { target: 'es2022' },
    resolve: { extensionAlias: { '.js': ['.ts'] } },
    // What package.json says of side effects is said of the files that are published.
    plugins: [{ name: 'effects', transform: () => ({ moduleSideEffects: true }) }],
    onLog: (_level, { message }) => {
      throw new Error(`${name}: ${message}`);
    },
  });
  const { output } = await build.generate({
    format: 'es',
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    // Names are in errors, in messages and in stacks.
    keepNames: true,
    minify: false,
    sourcemap: true,
    // They are published beside it.
    sourcemapExcludeSources: true,
    codeSplitting: {
      groups: [
        { debugName: 'core', name: (id, context) => (isCore(id, context) ? 'core' : null) },
        { name: 'shared', minShareCount: 2 },
      ],
    },
  });
  await build.close();
  const files = output.filter(({ name }) => name !== 'rolldown-runtime');
  return files.map(({ fileName, code, source }) => [fileName, code === undefined ? source : withoutRuntime(code)]);
}

/** Rolldown puts a helper of one line into a file of its own, and a file more costs a worker more than all its lines. */
function withoutRuntime(code) {
  return code.replace(/^import \{ t as __name \} from "[./]+\/rolldown-runtime\.js";$/m, (line) => {
    const isUsed = code.replace(line, '').includes('__name(');
    return isUsed ? 'const __name = (target, value) => Object.defineProperty(target, "name", { value });' : '';
  });
}

/** Leaves alone what is as it should be: programs that run read it. */
function write(folder, files) {
  const names = new Set(files.map(([file]) => file));
  if (existsSync(folder))
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && !names.has(path.slice(folder.length + 1))) rmSync(path);
    }
  for (const [file, text] of files) {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
    if (text.includes('rolldown-runtime')) throw new Error(`${path} needs more of Rolldown's runtime than names`);
    for (const [, address] of text.matchAll(/new URL\("(\.[^"]+\.js)", import\.meta\.url\)/g))
      if (!names.has(join(dirname(file), address))) throw new Error(`${path} names ${address}, where nothing is`);
  }
}

for (const name of Object.keys(LOADED)) write(join(root, 'packages', name, 'lib'), await bundle(name));
