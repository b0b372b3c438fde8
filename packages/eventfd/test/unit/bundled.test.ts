import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'vite';
import { expect, onTestFinished, test } from 'vitest';

test.each(['es', 'cjs'] as const)(
  'code that a bundler has moved (%s) says what to leave out of the bundle',
  async (format) => {
    const outDir = await mkdtemp(join(tmpdir(), 'bundled-'));
    onTestFinished(() => rm(outDir, { recursive: true }));
    await build({
      configFile: false,
      logLevel: 'silent',
      build: {
        ssr: true,
        outDir,
        lib: { entry: fileURLToPath(new URL('../fixtures/load-error.mjs', import.meta.url)), formats: [format] },
        rollupOptions: { external: /^node:/, output: { entryFileNames: format === 'es' ? 'main.mjs' : 'main.cjs' } },
      },
      ssr: { noExternal: true },
    });
    const main = join(outDir, format === 'es' ? 'main.mjs' : 'main.cjs');
    const failed = promisify(execFile)(process.execPath, [main]);
    const { stderr } = (await failed.catch((error: unknown) => error)) as { stderr: string };
    expect(stderr).toContain("code: 'ERR_ADDON_NOT_LOADED'");
    expect(stderr).toMatch(
      /a bundler has put it elsewhere.*--external:eventfd --external:@eventfd\/semaphore.*webpack.*Rollup.*Vite/,
    );
    expect(stderr).not.toContain('npm rebuild');
  },
);
