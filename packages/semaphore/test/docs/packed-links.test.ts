/** Links of the READMEs that are published: what npm's page shows has no repository around it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8');

/** GitHub's anchor of a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
const anchorsIn = (markdown: string) =>
  Array.from(markdown.matchAll(/^#+ (.+)$/gm), ([, heading = '']) => anchorOf(heading));

const packages = readdirSync(join(root, 'packages')).map((name) => {
  const manifest = JSON.parse(read('packages', name, 'package.json')) as {
    files: string[];
    homepage: string;
    bugs: string;
    repository: { url: string; directory: string };
  };
  const readme = read('packages', name, 'README.md').replaceAll(/^```[\s\S]*?^```|`[^`\n]*`/gm, '');
  const links = Array.from(readme.matchAll(/\]\(([^)\s]*)\)|^\[[^\]]+\]: (\S+)/gm), ([, a, b]) => (a ?? b) as string);
  return { name, manifest, readme, links };
});

const repository = /^git\+(.*)\.git$/.exec(packages[0]?.manifest.repository.url ?? '')?.[1] ?? 'none';

test('every package says the same repository, and where in it it is', () => {
  for (const { name, manifest } of packages) {
    expect(manifest.repository).toMatchObject({ url: `git+${repository}.git`, directory: `packages/${name}` });
    expect([manifest.homepage, manifest.bugs]).toEqual([`${repository}#readme`, `${repository}/issues`]);
  }
  expect(packages.flatMap(({ links }) => links).length).toBeGreaterThan(5);
});

describe.each(packages)('$name', ({ name, manifest, readme, links }) => {
  test.each(links.filter((link) => !link.startsWith('https://')))('%s is in the package', (link) => {
    const [path = '', anchor] = link.split('#');
    const packed = ['README.md', 'LICENSE', 'package.json', ...manifest.files];
    if (path !== '') {
      const file = posix.normalize(path);
      expect(packed.some((each) => file === each || file.startsWith(`${each}/`))).toBe(true);
      expect(existsSync(join(root, 'packages', name, file))).toBe(true);
    } else {
      expect(anchorsIn(readme)).toContain(anchor);
    }
  });

  test.each(links.filter((link) => link.startsWith(repository)))('%s is in the repository', (link) => {
    const [path = '', anchor] = link.slice(repository.length).split('#');
    const [, view, file = 'README.md'] = /^(?:\/(blob|tree|raw)\/main\/(.+))?$/.exec(path) ?? ['', 'of no known form'];
    expect([undefined, 'blob', 'tree', 'raw']).toContain(view);
    expect(existsSync(join(root, file)), file).toBe(true);
    if (anchor !== undefined && anchor !== 'readme') expect(anchorsIn(read(file))).toContain(anchor);
  });

  test('no link names another place of this project', () => {
    const foreign = links.filter((link) => /github\.com\/[^/]+\/eventfd/.test(link) && !link.startsWith(repository));
    expect(foreign).toEqual([]);
  });
});
