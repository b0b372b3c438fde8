// `pnpm prove:install [majors...]`: what a stranger does, on each Node: an empty folder, an empty HOME, no compiler on PATH,
// `npm i` of the tarballs; then README's example as ESM, a program in TypeScript, one by require(). The newest Node does
// it with npm 12. At last, what is said where there is no binary, and the way out of it.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeOf } from '../nodes.mjs';
import { environment, find, hostNpm, quiet, root, run, tarballs, temporaryFolder } from '../stranger.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const given = process.argv.slice(2).filter((argument) => /^\d+$/.test(argument));
const majors = given.length > 0 ? given : ['20', '22', '24', '26'];
const base = temporaryFolder('eventfd-stranger-');

const versions = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies;
const peers = JSON.parse(readFileSync(join(root, 'packages/semaphore/package.json'), 'utf8')).devDependencies;
const pools = ['piscina', 'tinypool', 'workerpool', 'poolifier', '@opentelemetry/api'];
const npm12 = npmOf('12');

function check(holds, claim, evidence = '') {
  if (holds) return;
  console.error(`prove: NOT SO: ${claim}\n${evidence}`);
  process.exit(1);
}

/** A PATH on which there is this Node and what a shell needs, and nothing that compiles. */
function pathWith(node, folder) {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  symlinkSync(node, join(bin, 'node'));
  for (const command of ['sh', 'env', 'ls', 'cat', 'mkdir', 'rm', 'uname', 'dirname', 'basename', 'sed'])
    symlinkSync(find(command), join(bin, command));
  for (const command of ['gcc', 'g++', 'cc', 'c++', 'clang', 'make', 'python3', 'node-gyp'])
    check(find(command, bin) === undefined, `${command} is not on PATH`);
  return bin;
}

function mustRun(node, args, cwd, env) {
  const result = run(node, args, cwd, env);
  check(result.status === 0, `${node} ${args.join(' ')} ends with 0, not ${result.status}`, result.output);
  return result.stdout;
}

/** npm-cli.js of another major, kept beside the Nodes of the matrix. */
function npmOf(major) {
  const prefix = join(root, 'node_modules/.cache', `npm-${major}`);
  const cli = join(prefix, 'node_modules/npm/bin/npm-cli.js');
  const args = [
    'install',
    '--prefix',
    prefix,
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    `npm@${major}`,
  ];
  if (!existsSync(cli)) mustRun(find('npm'), args, root, process.env);
  return cli;
}

const readme = readFileSync(join(root, 'README.md'), 'utf8');
const [, example, printed] = /```js\n(\/\/ limit\.mjs\n[\s\S]*?)```\n\n```text\n([\s\S]*?)```/.exec(readme) ?? [];
check(example !== undefined, 'README.md has an example that begins with `// limit.mjs`, and says what it prints');

/** The stranger's TypeScript, checked once; what it compiles to runs on every Node. */
function compileTypes() {
  const folder = join(base, 'typed');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  const env = environment(folder, `${join(process.execPath, '..')}${delimiter}${process.env.PATH}`);
  const tools = [`typescript@${versions.typescript}`, `@types/node@${versions['@types/node']}`];
  tools.push(...pools.map((name) => `${name}@${peers[name]}`));
  mustRun(process.execPath, [hostNpm, 'install', '--ignore-scripts', ...quiet, ...tarballs, ...tools], folder, env);
  for (const file of ['consumer.ts', 'called.ts', 'leased.ts', 'limited.ts'])
    copyFileSync(join(here, file), join(folder, file));
  const options = ['--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node', '--outDir', 'out'];
  for (const [file, skip] of [
    ['consumer.ts', 'false'],
    ['called.ts', 'false'],
    ['leased.ts', 'false'],
    ['limited.ts', 'true'],
  ]) {
    const tsc = join(folder, 'node_modules/typescript/bin/tsc');
    mustRun(process.execPath, [tsc, ...options, '--skipLibCheck', skip, file], folder, env);
  }
  console.log(
    `prove: TypeScript ${versions.typescript}, NodeNext: consumer.ts, called.ts and leased.ts checked, skipLibCheck off; limited.ts, on`,
  );
  return ['consumer', 'leased', 'called'].map((name) => readFileSync(join(folder, `out/${name}.js`), 'utf8'));
}

function proveOn(major, [compiled, leased, called], npm) {
  const found = nodeOf(major);
  check(found !== undefined, `there is a Node ${major}`);
  const node = realpathSync(found);
  const folder = join(base, `node-${major}`);
  const env = environment(folder, pathWith(node, folder));
  const app = join(folder, 'app');
  mkdirSync(app);
  const started = performance.now();
  const versionOfNpm = mustRun(node, [npm, '--version'], app, env).trim();
  mustRun(node, [npm, 'install', ...quiet, ...tarballs], app, env);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);

  writeFileSync(join(app, 'limit.mjs'), example);
  const inside = mustRun(node, ['limit.mjs'], app, env);
  check(inside === printed, "README's example prints what README says", inside);
  writeFileSync(join(app, 'consumer.mjs'), compiled);
  const typed = mustRun(node, ['consumer.mjs'], app, env);
  check(typed === 'typed: 42 true 5 1 true\n', 'the TypeScript program prints what it should', typed);
  writeFileSync(join(app, 'leased.mjs'), leased);
  const lease = mustRun(node, ['leased.mjs'], app, env);
  check(lease === 'leased: 1 live ERR_LEASE_NO_CLIENT\n', 'the program that leases prints what it should', lease);
  writeFileSync(join(app, 'called.mjs'), called);
  const limits = mustRun(node, ['called.mjs'], app, env);
  const expected =
    'called: 42 1 1 9 true true enough called shared 0\nfunction function function function wants @opentelemetry/api\n';
  check(limits === expected, 'the program that limits calls prints what it should', limits);
  copyFileSync(join(here, 'required.cjs'), join(app, 'required.cjs'));
  const required = mustRun(node, ['required.cjs'], app, env);
  check(required === 'required: 0 7\n', 'require() gives the classes', required);
  const help = mustRun(node, ['node_modules/.bin/eventfd', '--help'], app, env);
  check(help.startsWith('npx @eventfd/semaphore inspect <pid>'), 'the command is there', help);
  const strips = mustRun(node, ['-p', 'process.features.typescript ?? false'], app, env).trim();
  if (strips === 'strip') {
    copyFileSync(join(here, 'consumer.ts'), join(app, 'consumer.mts'));
    check(mustRun(node, ['consumer.mts'], app, env) === typed, 'Node runs the TypeScript itself');
  }
  const version = mustRun(node, ['--version'], app, env).trim();
  return {
    node: version,
    npm: versionOfNpm,
    'npm i (s)': seconds,
    ESM: 'ok',
    'compiled TypeScript': 'ok',
    'its .mts': strips === 'strip' ? 'ok' : '-',
    'require()': 'ok',
  };
}

/** Where there is no binary: what is said, and that compiling it by hand is the way out of it. */
function proveWithoutBinary() {
  const node = realpathSync(nodeOf(majors[0]));
  const folder = join(base, 'without');
  const app = join(folder, 'app');
  mkdirSync(app, { recursive: true });
  const bare = environment(folder, pathWith(node, folder));
  mustRun(node, [hostNpm, 'install', ...quiet, ...tarballs], app, bare);
  const installed = join(app, 'node_modules/eventfd');
  const { scripts } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  check(scripts?.install === undefined && scripts?.postinstall === undefined, 'no script runs on install');
  check(!existsSync(join(installed, 'binding.gyp')), 'nor does npm find anything that it would compile');

  rmSync(join(installed, 'prebuilds'), { recursive: true });
  const load = ['--input-type=module', '-e', 'await import("eventfd").catch((e) => console.log(e.code, e.message))'];
  const unloaded = mustRun(node, load, app, bare);
  check(unloaded.startsWith('ERR_ADDON_NOT_LOADED'), 'the error of a missing binary has its code', unloaded);
  check(unloaded.includes('npx eventfd-build'), 'and says what makes one', unloaded);
  console.log(`prove: without a binary, import says: ${unloaded.trim()}`);
  const make = [hostNpm, 'exec', '--no', ...quiet, '--', 'eventfd-build'];
  const uncompiled = run(node, make, app, bare);
  const said = uncompiled.output.split('\n').find((line) => line.startsWith('eventfd-build: ')) ?? '';
  check(uncompiled.status !== 0 && said.includes('g++'), 'without a compiler it says what it needs', uncompiled.output);
  console.log(`prove: without a compiler, npx eventfd-build says: ${said}`);

  const started = performance.now();
  mustRun(node, make, app, { ...bare, PATH: `${bare.PATH}${delimiter}${process.env.PATH}` });
  copyFileSync(join(here, 'required.cjs'), join(app, 'required.cjs'));
  mustRun(node, ['required.cjs'], app, bare);
  console.log(`prove: compiled by npx eventfd-build in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

const compiled = compileTypes();
const rows = majors.map((major, i) => proveOn(major, compiled, i > 0 && i === majors.length - 1 ? npm12 : hostNpm));
console.table(rows);
proveWithoutBinary();
