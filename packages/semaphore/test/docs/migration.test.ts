/** The snippets of docs/migration.md are compiled, each as a module of its own. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
/** Inside the package, so that the snippets find what it depends on, and the package itself by its name. */
const folder = join(root, 'packages/semaphore/.cache/migration');
const page = readFileSync(join(root, 'docs/migration.md'), 'utf8');

interface Snippet {
  readonly line: number;
  readonly text: string;
}

const snippets: Snippet[] = Array.from(page.matchAll(/^```ts\n([\s\S]*?)^```$/gm), ({ index, 1: text = '' }) => ({
  line: page.slice(0, index).split('\n').length,
  text,
}));

/** What the page leaves out. Snippets of others' libraries import what they use, and nothing of ours. */
const IMPORTS = `import { workerData } from 'node:worker_threads';\n`;
const OURS = `import { Barrier, Condition, Event, inspect, Latch, Mutex, RwLock, Semaphore, Signal } from '@eventfd/semaphore';\n`;
const isTheirs = (text: string) => /from '(async-mutex|p-limit)'|navigator\.locks|Atomics\./.test(text);

/** What the snippets take for given. */
const GIVEN = `
  declare const word: Int32Array;
  declare const urls: string[];
  declare const pool: import('piscina').Piscina;
  declare const task: object;
  declare function work(...about: unknown[]): void;
  declare function workAsync(): Promise<void>;
  declare function repair(): void;
  declare function itemCount(): number;
  declare function download(url: string): Promise<string>;
`;

const config = {
  compilerOptions: {
    target: 'ES2022',
    lib: ['ESNext', 'DOM'], // for Web Locks and Atomics.waitAsync, which are theirs
    module: 'NodeNext',
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
  },
  include: ['*.ts'],
};

const fileOf = ({ line }: Snippet) => `line-${line}.ts`;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the compiler says of the snippets: `file: message`. */
function compile(all: readonly Snippet[]): string[] {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  writeFileSync(join(folder, 'given.d.ts'), GIVEN);
  for (const snippet of all) {
    writeFileSync(join(folder, fileOf(snippet)), IMPORTS + (isTheirs(snippet.text) ? '' : OURS) + snippet.text);
  }
  const tsc = createRequire(join(root, 'package.json'))
    .resolve('typescript/package.json')
    .replace('package.json', 'bin/tsc');
  const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
    encoding: 'utf8',
  });
  const errors = stdout.split('\n').filter((line) => line.includes('error TS'));
  if (status !== 0 && errors.length === 0) throw new Error(`tsc: ${stdout}`);
  return errors.map((line) => line.slice(line.lastIndexOf('line-')));
}

test('the page has snippets of ours for everything it comes from, and theirs beside them', () => {
  for (const section of page.split(/^## /m).slice(1)) {
    const blocks = Array.from(section.matchAll(/^```(ts|python|java|rust)$/gm), ([, language]) => language);
    expect(blocks.length, section.split('\n')[0]).toBeGreaterThan(2);
    // In pairs: theirs, ours.
    expect(blocks.length % 2, section.split('\n')[0]).toBe(0);
    for (const [i, language] of blocks.entries()) if (i % 2 === 1) expect(language).toBe('ts');
  }
  expect(snippets.length).toBeGreaterThan(30);
});

test('every snippet compiles', () => {
  expect(compile(snippets)).toEqual([]);
});

test('one that does not compile would be found', () => {
  const wrong = { line: 0, text: 'new Semaphore(1).aquire();\n' };
  expect(compile([wrong])).toEqual([expect.stringMatching(/^line-0\.ts.*aquire/)]);
});
