/**
 * The site of the guides and the API reference as a reader sees it: built as `docs:site` does, its pages opened in a real
 * Chromium, its links followed. `pnpm test:site`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { launchChromium } from './support/chromium.js';
import { Site } from './support/site.js';

/** The first build installs TypeDoc. */
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'eventfd-site-'));
let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

describe('the site', () => {
  const out = join(folder, 'site');
  let site: Site;

  beforeAll(async () => {
    const options = ['--options', 'scripts/tools/typedoc-site.json', '--out', out];
    const build = spawnSync(process.execPath, ['scripts/tool.mjs', 'typedoc', ...options], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(build.status, build.stdout + build.stderr).toBe(0);
    site = await Site.read(out, browser);
  });

  afterAll(() => site?.close());

  it('has the guides, their pictures, the examples and the API of every package', () => {
    const guides = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md')).length;
    const examples = readdirSync(join(root, 'examples')).filter((name) => name !== 'support').length;
    // And two more guides: how to contribute, and which promise is checked where.
    const documents = site.paths.filter((path) => path.startsWith('documents/'));
    expect(documents).toHaveLength(guides + 2 + examples);
    const pictures = readdirSync(join(root, 'docs/images')).filter((name) => /\.(png|svg)$/.test(name));
    expect(pictures).not.toEqual([]);
    expect(readdirSync(join(out, 'media'))).toEqual(expect.arrayContaining(pictures));
    expect(site.paths).toEqual(
      expect.arrayContaining([
        'index.html',
        'modules/eventfd.html',
        'modules/_eventfd_semaphore.html',
        'modules/_eventfd_lease.html',
        'classes/_eventfd_semaphore..Semaphore.html',
      ]),
    );
  });

  it('has no link that leads nowhere, to a page, a file or a place in a page', () => {
    const dead = site.paths.flatMap((path) => site.deadLinks(path).map((link) => `${path}: ${link}`));
    expect(dead).toEqual([]);
  });

  it('shows every picture, and nothing fails in its pages', async () => {
    // The pages of the API are made alike: all guides and packages, and one class.
    const opened = site.paths.filter((path) => /^(index|documents\/|modules|classes.*\.Semaphore\.)/.test(path));
    expect(opened.length).toBeGreaterThan(40);
    // A script puts the navigation there.
    const hasNavigation = () => site.page.waitForSelector('#tsd-nav-container a', { state: 'attached' });
    const complaints = [];
    for (const path of opened) {
      for (const complaint of await site.open(path, hasNavigation)) complaints.push(`${path}: ${complaint}`);
    }
    expect(complaints).toEqual([]);
  });

  it('finds a guide and a class', async () => {
    const { page } = site;
    await site.open('index.html');
    for (const [word, target] of [
      ['Lifecycle', 'documents/Lifecycle.html'],
      ['RwLock', 'classes/_eventfd_semaphore..RwLock.html'],
    ] as const) {
      await page.click('#tsd-search-trigger');
      await page.fill('#tsd-search-input', word);
      await page.waitForSelector(`#tsd-search-results a[href$="${target}"]`);
      await page.keyboard.press('Escape');
    }
  });
});

describe('what is wrong with a page is seen', () => {
  it.each([
    ['<a href="nowhere.html">', ['leads nowhere: nowhere.html']],
    ['<a href="page.html#nowhere">', ['leads nowhere: page.html#nowhere']],
    ['<a href="#nowhere">', ['leads nowhere: #nowhere']],
    ['<a href="nowhere/">', ['leads nowhere: nowhere/']],
    ['<a href="file:///etc/hosts">', ['leads nowhere: file:///etc/hosts']],
    [
      '<img src="none.png">',
      ['shows no picture: none.png', 'leads nowhere: none.png', 'error: Failed to load resource'],
    ],
    ['<img src="empty.png">', ['shows no picture: empty.png']],
    ['<script>throw new Error("a fault")</script>', ['a fault']],
    ['<script>console.warn("a warning")</script>', ['warning: a warning']],
    ['<h2 id="here"></h2><a href="#here"></a><a href="page.html"></a><a href="https://example.com"></a>', []],
  ])('%s', async (html, expected) => {
    const out = mkdtempSync(join(folder, 'page-'));
    writeFileSync(join(out, 'page.html'), `<!doctype html><title>A page</title>${html}`);
    writeFileSync(join(out, 'empty.png'), '');
    const site = await Site.read(out, browser);
    const complaints = await site.open('page.html');
    expect(complaints.map((text) => text.replace(/(Failed to load resource).*/, '$1')).sort()).toEqual(expected.sort());
    const dead = complaints.filter((text) => text.startsWith('leads nowhere'));
    expect(site.deadLinks('page.html')).toHaveLength(dead.length);
    await site.close();
  });
});
