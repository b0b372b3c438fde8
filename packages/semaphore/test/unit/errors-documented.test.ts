/** docs/errors.md lists what the sources of the packages can throw, no more and no less; nothing is thrown without a code. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const page = readFileSync(join(root, 'docs/errors.md'), 'utf8');

const sources = ['packages/eventfd/src', 'packages/semaphore/src', 'packages/lease/src'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.generated.ts'))
    // What the command says it prints, and nobody catches.
    .filter((file) => !file.startsWith('cli/'))
    .map((file) => ({
      file: join(folder, file),
      text: withoutComments(readFileSync(join(root, folder, file), 'utf8')),
    })),
);

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
}

/** Every first group of `pattern` in the sources, sorted. */
function found(pattern: RegExp): string[] {
  const all = sources.flatMap(({ text }) => Array.from(text.matchAll(pattern), ([, group = '']) => group));
  return [...new Set(all)].sort();
}

/** `closedError` of core/cell.ts makes its code from the name of the kind. Codes compared with are Node's. */
function codes(): string[] {
  const kinds = /export const Kind = \{([^}]*)\}/.exec(sources.map(({ text }) => text).join('\n'))?.[1] ?? '';
  const closed = Array.from(kinds.matchAll(/(\w+):/g), ([, kind = '']) => `ERR_${kind.toUpperCase()}_CLOSED`);
  return [...new Set([...found(/(?<!=== )'(ERR_\w+)'/g), ...closed])].sort();
}

const listed = [...new Set(page.match(/\bERR_\w+/g))].sort();

test('the sources are found', () => {
  expect(sources.length).toBeGreaterThan(30);
  expect(codes().length).toBeGreaterThan(15);
});

test('every code of the sources is listed, and no other', () => {
  expect(listed).toEqual(codes());
});

test('every code has a row that says what to do', () => {
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  for (const code of listed) {
    const row = rows.find((line) => line.startsWith(`| \`${code}\` |`));
    expect(row, code).toBeDefined();
    for (const column of row?.split('|').slice(1, -1) ?? []) expect(column.trim(), code).not.toBe('');
  }
});

test('every class of error is named', () => {
  const classes = found(/class (\w+) extends \w*Error\b/g);
  expect(classes.length).toBeGreaterThan(4);
  for (const name of classes) expect(page).toContain(`\`${name}\``);
});

test('every system call that can fail is named', () => {
  const kernel = page.slice(page.indexOf('## From the kernel'));
  const calls = found(/systemError\([^;]*?'(\w+)'\)/g);
  expect(calls.length).toBeGreaterThan(4);
  for (const call of calls) expect(kernel).toContain(`\`${call}\``);
});

test('nothing is thrown or rejected with but a code', () => {
  const bare = sources.flatMap(({ file, text }) =>
    Array.from(
      text.matchAll(/(?:throw|reject\(|return) new (?:Error|TypeError|RangeError)\(.*/g),
      ([line]) => `${file}: ${line}`,
    ),
  );
  expect(bare).toEqual([]);
});
