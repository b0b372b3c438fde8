import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'vite';
import { expect, onTestFinished, test } from 'vitest';

const formats = ['es', 'cjs'] as const;

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
}

/** A bundle of a program with all of the package, in a folder of its own; and how it ends. */
async function bundle(
  format: (typeof formats)[number],
): Promise<{ outDir: string; run: (...flags: string[]) => Promise<Ended> }> {
  const outDir = await mkdtemp(join(tmpdir(), 'bundled-'));
  onTestFinished(() => rm(outDir, { recursive: true }));
  const name = format === 'es' ? 'main.mjs' : 'main.cjs';
  await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      ssr: true,
      outDir,
      lib: { entry: fileURLToPath(new URL('../fixtures/load-error.mjs', import.meta.url)), formats: [format] },
      rollupOptions: { external: /^node:/, output: { entryFileNames: name } },
    },
    ssr: { noExternal: true },
  });
  // pnpm sets NODE_PATH, and this package is where it says.
  const options = { env: { ...process.env, NODE_PATH: '' } };
  const run = (...flags: string[]) =>
    promisify(execFile)(process.execPath, [...flags, join(outDir, name)], options).catch(
      (error: unknown) => error as Ended,
    );
  return { outDir, run };
}

test.each(formats)('a bundle (%s) takes the binary of the package that is installed where it runs', async (format) => {
  const { outDir, run } = await bundle(format);
  await mkdir(join(outDir, 'node_modules'));
  await symlink(fileURLToPath(new URL('../..', import.meta.url)), join(outDir, 'node_modules/eventfd'));
  expect(await run()).toEqual({ stdout: '3n\n', stderr: '' });
});

test.each(formats)('code that a bundler has moved (%s) says what to leave out of the bundle', async (format) => {
  const { stderr } = await (await bundle(format)).run();
  expect(stderr).toContain("code: 'ERR_ADDON_NOT_LOADED'");
  expect(stderr).toMatch(
    /a bundler has put it elsewhere.*--external:eventfd --external:@eventfd\/semaphore.*webpack.*Rollup.*Vite/,
  );
  expect(stderr).not.toContain('eventfd-build');
});

test('code that has no file, as in a worker that evaluates its text, says the same', async () => {
  const { run } = await bundle('es');
  const { stderr } = await run('-e', 'const [, file] = process.argv; process.argv[1] = "[worker eval]"; import(file)');
  expect(stderr).toContain("code: 'ERR_ADDON_NOT_LOADED'");
  expect(stderr).toContain("code: 'MODULE_NOT_FOUND'");
  expect(stderr).not.toContain('ERR_INVALID_ARG_VALUE');
});
