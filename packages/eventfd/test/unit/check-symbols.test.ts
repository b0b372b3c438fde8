/** What a published binary may ask of the system's libraries: scripts/check-symbols.mjs finds what glibc alone has. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'eventfd-symbols-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function problemsOf(file: string): Promise<string[]> {
  const { checkSymbols } = await import(join(root, 'scripts/check-symbols.mjs'));
  return checkSymbols(file, process.arch).problems;
}

function compiled(name: string, source: string): string {
  const file = join(folder, `${name}.so`);
  execFileSync('g++', ['-x', 'c++', '-shared', '-fPIC', '-', '-o', file], { input: source });
  return file;
}

test('the addon loads with glibc and with musl', async () => {
  expect(await problemsOf(join(root, 'build/Release/eventfd.node'))).toEqual([]);
});

test('a function that musl lacks is found', async () => {
  const file = compiled('strfry', '#include <string.h>\nextern "C" char* f(char* text) { return strfry(text); }');
  expect(await problemsOf(file)).toEqual(['strfry is not known to be in musl']);
});

test('what is a thread_local is found: only glibc has the library that it comes from', async () => {
  const file = compiled('local', 'extern "C" int f() { static thread_local int calls; return ++calls; }');
  // arm64 has it from the C library itself.
  expect((await problemsOf(file)).join()).toMatch(process.arch === 'x64' ? /ld-linux/ : /^$/);
});
