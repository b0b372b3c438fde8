/** What docs/works-with.md names as shown is there to show it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const page = readFileSync(join(root, 'docs/works-with.md'), 'utf8');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const rows = Array.from(
  page.matchAll(/^\| (.*?) \| (.*?) ?\| (.*?) ?\|$/gm),
  ([, what = '', says = '', shownBy = '']) => ({
    what,
    says,
    shownBy,
  }),
).slice(1);

test('the page has the platforms and tools that people ask for', () => {
  const all = rows.map(({ what }) => what).join('\n');
  for (const asked of 'Docker slim alpine Jest Vitest tsx esbuild webpack Next.js Electron cluster pm2 Bun Deno'.split(
    ' ',
  )) {
    expect(all).toContain(asked);
  }
});

test.each(rows)('$what: $shownBy', ({ says, shownBy }) => {
  const named = Array.from(shownBy.matchAll(/`([^`]+)`/g), ([, name]) => name as string);
  if (named.length === 0) expect(shownBy === 'untested' || says.startsWith('no:')).toBe(true);
  for (const name of named) {
    const [first = '', project] = name.split(' ');
    if (!(first in scripts)) expect(existsSync(join(root, first)), first).toBe(true);
    else if (project !== undefined)
      expect(existsSync(join(root, 'scripts', first.replace('test:', ''), 'projects', project)), project).toBe(true);
  }
});
