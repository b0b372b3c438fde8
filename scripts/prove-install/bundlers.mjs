// Bundlers with all of both packages inside, and a file tracer: `pnpm prove:install` runs this, from the tarballs. A bundle runs
// where `eventfd` is installed, and says what to do where it is not. A trace has the binary.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { environment, hostNpm, quiet, run, tarballs, temporaryFolder } from '../stranger.mjs';

const VERSIONS = {
  '@rollup/plugin-node-resolve': '16.0.3',
  '@vercel/nft': '1.11.5',
  esbuild: '0.28.2',
  rollup: '4.68.8',
  vite: '8.3.8',
  webpack: '5.113.0',
};

const PROGRAM = `import { Semaphore } from '@eventfd/semaphore';
import { limit } from '@eventfd/semaphore/piscina';
import { EventFd } from 'eventfd';

const semaphore = new Semaphore(2, { name: 'bundled' });
const permit = semaphore.acquireSync();
const pool = { run: async (task) => task, on: () => {}, threads: [] };
limit(pool, semaphore)
  .run(new EventFd(42).tryRead())
  .then((value) => {
    permit.release();
    console.log('bundled:', semaphore.available, value);
  });
`;

const app = temporaryFolder('eventfd-bundlers-');
const out = join(app, 'out');
const env = environment(app, [dirname(process.execPath), process.env.PATH].join(delimiter));
writeFileSync(join(app, 'package.json'), '{ "private": true, "type": "module" }');
writeFileSync(join(app, 'program.mjs'), PROGRAM);
const wanted = Object.entries(VERSIONS).map(([name, version]) => `${name}@${version}`);
const installed = run(process.execPath, [hostNpm, 'install', ...quiet, ...tarballs, ...wanted], app, env);
if (installed.status !== 0) fail('npm i of the bundlers', installed.output);

function fail(what, output) {
  console.error(`bundlers: NOT SO: ${what}\n${output}`);
  process.exit(1);
}

const tool = async (file) => import(pathToFileURL(join(app, 'node_modules', file)).href);
const entry = join(app, 'program.mjs');
const FORMATS = { esm: 'mjs', cjs: 'cjs' };

/** By tool: makes a bundle of the program, in a format, into a file of `out`. */
const BUNDLERS = {
  async esbuild(format, name) {
    const { default: esbuild } = await tool('esbuild/lib/main.js');
    const outfile = join(out, name);
    await esbuild.build({ entryPoints: [entry], bundle: true, platform: 'node', format, outfile, logLevel: 'error' });
  },
  async rollup(format, name) {
    const { rollup } = await tool('rollup/dist/es/rollup.js');
    const { nodeResolve } = await tool('@rollup/plugin-node-resolve/dist/es/index.js');
    const bundle = await rollup({ input: entry, external: /^node:/, plugins: [nodeResolve({ preferBuiltins: true })] });
    await bundle.write({ format, file: join(out, name) });
    await bundle.close();
  },
  async webpack(format, name) {
    const { default: webpack } = await tool('webpack/lib/index.js');
    const module = format === 'esm';
    const config = { target: 'node20', mode: 'production', context: app, entry, experiments: { outputModule: module } };
    const compiler = webpack({ ...config, output: { path: out, filename: name, module } });
    const stats = await new Promise((resolve, reject) =>
      compiler.run((error, result) => (error ? reject(error) : resolve(result))),
    );
    if (stats.hasErrors() || stats.hasWarnings()) fail(`webpack makes ${name}`, stats.toString('errors-warnings'));
  },
  async vite(format, name) {
    const { build } = await tool('vite/dist/node/index.js');
    const output = { format: format === 'esm' ? 'es' : 'cjs', entryFileNames: name };
    const options = { ssr: entry, outDir: out, emptyOutDir: false, rollupOptions: { output } };
    await build({ configFile: false, logLevel: 'error', root: app, build: options, ssr: { noExternal: true } });
  },
};

const elsewhere = temporaryFolder('eventfd-elsewhere-');
for (const [bundler, build] of Object.entries(BUNDLERS)) {
  for (const [format, extension] of Object.entries(FORMATS)) {
    const name = `${bundler}.${extension}`;
    await build(format, name);
    const { stdout, output } = run(process.execPath, [join(out, name)], app, env);
    if (stdout !== 'bundled: 2 42n\n') fail(`what ${bundler} makes (${format}) runs`, output);
    if (bundler === 'webpack') continue; // which has put in where the package is, and finds it from anywhere
    cpSync(join(out, name), join(elsewhere, name));
    const alone = run(process.execPath, [join(elsewhere, name)], elsewhere, env);
    if (!/ERR_ADDON_NOT_LOADED/.test(alone.stderr) || !/Install eventfd where the bundle runs/.test(alone.stderr))
      fail(`what ${bundler} makes (${format}) says what to do where the package is not`, alone.output);
  }
  console.log(`prove: ${bundler} ${VERSIONS[bundler]}: a bundle of everything runs, as ESM and as CommonJS`);
}

// What a serverless platform or a small image takes along.
const { nodeFileTrace } = await tool('@vercel/nft/out/index.js');
const { fileList } = await nodeFileTrace([entry], { base: app });
const image = temporaryFolder('eventfd-traced-');
for (const file of fileList) {
  mkdirSync(dirname(join(image, file)), { recursive: true });
  cpSync(join(app, file), join(image, file), { dereference: true });
}
const traced = run(process.execPath, [join(image, 'program.mjs')], image, env);
if (traced.stdout !== 'bundled: 2 42n\n') fail('what @vercel/nft lists is all that runs', traced.output);
console.log(
  `prove: @vercel/nft ${VERSIONS['@vercel/nft']}: the ${fileList.size} files that it lists run by themselves`,
);
