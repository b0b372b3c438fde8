/** What is published is bundled (scripts/bundle.mjs): how many files a thread reads, and that nothing shows of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { output } from '../support/child.js';

const packages = fileURLToPath(new URL('../../../', import.meta.url));

const entries = ['eventfd', 'semaphore', 'lease'].flatMap((folder) => {
  const { name, exports } = JSON.parse(readFileSync(join(packages, folder, 'package.json'), 'utf8')) as {
    name: string;
    exports: Record<string, string | { default: string }>;
  };
  return Object.entries(exports).flatMap(([path, entry]) =>
    typeof entry === 'string' ? [] : [{ specifier: join(name, path), file: join(packages, folder, entry.default) }],
  );
});
const fileOf = (specifier: string) => entries.find((entry) => entry.specifier === specifier)?.file;

/** The files that importing a file reads, of these packages. */
function filesReadBy(file: string, read = new Set<string>()): Set<string> {
  read.add(file);
  for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(/^(?:import|export) .*?"([^"]+)";$/gm)) {
    const next = specifier.startsWith('.') ? join(file, '..', specifier) : fileOf(specifier);
    if (next !== undefined && !read.has(next)) filesReadBy(next, read);
  }
  return read;
}

test.each([
  ['eventfd', 2],
  ['@eventfd/semaphore', 5],
  ['@eventfd/semaphore/trace', 5],
  ['@eventfd/semaphore/piscina', 6],
  ['@eventfd/semaphore/limit', 6],
])('%s is %i files at most, with all that it imports', (specifier, most) => {
  const files = [...filesReadBy(fileOf(specifier) as string)].map((file) => file.slice(packages.length));
  expect(files).toContain('eventfd/lib/core.js');
  expect(files.length, files.join()).toBeLessThanOrEqual(most);
});

test.each(entries)('$specifier: each class and function has the name that it is exported under', async ({ file }) => {
  const exported = (await import(file)) as Record<string, unknown>;
  const called = Object.entries(exported).flatMap(([name, value]) =>
    typeof value === 'function' ? [[name, value.name]] : [],
  );
  expect(called.filter(([name, own]) => name !== own)).toEqual([]);
});

test.each([
  ['as it is', [], /at Semaphore\.acquireSync \(.*semaphore\/lib\/core\.js:\d+/],
  ['of the sources', ['--enable-source-maps'], /at Semaphore\.acquireSync \(.*semaphore\/src\/semaphore\.ts:\d+/],
])('a stack can be read: %s', async (_what, flags, frame) => {
  expect(await output('stack-of-an-error.mjs', [], flags)).toMatch(frame);
});
