/**
 * The report as a person sees it: made from a file of results by the command, opened in a real Chromium, looked at.
 * `pnpm test:report`; with EVENTFD_UPDATE_REFERENCE=1 it draws the pictures in reference/ anew.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { cases } from '../dist/cases/index.js';
import { chartsOf } from '../dist/report/charts.js';
import { openingOf } from '../dist/report/opening.js';
import { titleOf } from '../dist/subjects/index.js';
import { findChromium, launchChromium } from './support/chromium.js';
import { type Box, brightness, count, cut, difference, inked, thumbnail } from './support/picture.js';
import { drawnIn, everything } from './support/results.js';

/** Pictures of a page of twelve thousand pixels take long on a busy machine. */
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 390, height: 844 };
const OURS = '#0b6e4f';
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const { EVENTFD_UPDATE_REFERENCE: update } = process.env;
const folder = mkdtempSync(join(tmpdir(), 'bench-report-'));
let browser: Browser;

/** What the command makes of results in which ours is so many times as slow; once for each. */
function reportOf(slower = 1): string {
  const file = join(folder, `slower-${slower}.json`);
  const page = file.replace(/json$/, 'html');
  const url = pathToFileURL(page).href;
  if (existsSync(page)) return url;
  writeFileSync(file, JSON.stringify(everything(slower)));
  const { status, stderr } = spawnSync(process.execPath, [main, '--report', file], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return url;
}

interface Look {
  readonly page: Page;
  /** What went wrong in it, and what it asked for besides itself. */
  readonly complaints: string[];
}

async function open(colorScheme: 'light' | 'dark', viewport = WIDE, url = reportOf()): Promise<Look> {
  const context = await browser.newContext({ colorScheme, viewport, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (request.url() !== url) complaints.push(`asks for ${request.url()}`);
  });
  await page.goto(url);
  return { page, complaints };
}

const decode = (screenshot: Buffer): PNG => PNG.sync.read(screenshot);

/** Where the elements are, on the page rather than in the window. */
function boxesOf(page: Page, selector: string): Promise<Box[]> {
  return page.evaluate(`Array.from(document.querySelectorAll(${JSON.stringify(selector)}), (element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return { x: x + scrollX, y: y + scrollY, width, height };
  })`);
}

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

describe('without Chromium', () => {
  it('the error names the package', () => {
    expect(() => findChromium({ PATH: '/nowhere' })).toThrow('apt-get install chromium');
    expect(() => findChromium({ CHROMIUM: '/nowhere/chromium' })).toThrow('CHROMIUM is /nowhere/chromium');
  });
});

describe.each([
  ['light', 'wide', WIDE],
  ['light', 'narrow', NARROW],
  ['dark', 'wide', WIDE],
  ['dark', 'narrow', NARROW],
] as const)('the report, %s and %s', (scheme, _, viewport) => {
  let look: Look;
  beforeAll(async () => {
    look = await open(scheme, viewport);
  });
  afterAll(() => look.page.context().close());

  it('asks for nothing, and nothing fails in it', async () => {
    await look.page.evaluate('new Promise(requestAnimationFrame)');
    expect(look.complaints).toEqual([]);
  });

  it('has every chart, each with something drawn in it', async () => {
    const { cases: results } = everything();
    const whole = decode(await look.page.screenshot({ fullPage: true }));
    for (const result of results) {
      const boxes = await boxesOf(look.page, `#${result.case} .chart`);
      expect([result.case, boxes.length]).toEqual([result.case, chartsOf(result).length]);
      for (const box of boxes) {
        const png = cut(whole, box);
        // Axes and letters alone are some two in a hundred.
        expect(inked(png), result.case).toBeGreaterThan(0.03);
        expect(count(png, OURS), `${result.case}: ours`).toBeGreaterThan(50);
        const paper = brightness(png);
        if (scheme === 'light') expect(paper).toBeGreaterThan(230);
        else expect(paper).toBeLessThan(60);
      }
    }
  });

  it('opens with the answer to what a visitor asks, and a picture of it', async () => {
    const { sentences } = openingOf(everything());
    expect(await look.page.locator('section').first().getAttribute('id')).toBe('atomics');
    expect(await look.page.locator('#atomics p').allTextContents()).toEqual(sentences);
    const [box] = await boxesOf(look.page, '#atomics .chart');
    const whole = decode(await look.page.screenshot({ fullPage: true }));
    if (box === undefined) throw new Error('there is no picture');
    const png = cut(whole, box);
    // A bar for each of the settings, all of them in the colour of what is faster.
    expect(count(png, OURS)).toBeGreaterThan(5000);
    const drawn = await look.page.locator('#atomics .chart').textContent();
    expect(drawn).toContain('logarithmic');
    expect(drawn).toContain('mutex, 10 us, 8 workers');
  });

  it('names every subject in every chart, and why others are not in it', async () => {
    for (const theCase of cases) {
      const section = look.page.locator(`#${theCase.id}`);
      expect(await section.locator('h2').textContent()).toBe(theCase.title);
      const drawn = await section.locator('.chart').first().textContent();
      for (const subject of drawnIn(theCase)) expect(drawn, theCase.id).toContain(titleOf(subject));
      await section.locator('summary').click();
      const figures = await section.locator('table').textContent();
      for (const [subject, { way }] of Object.entries(theCase.subjects)) {
        expect(figures, theCase.id).toContain(titleOf(subject));
        if ('cannot' in way) expect(figures, theCase.id).toContain(way.cannot);
      }
    }
  });

  it('is as wide as the window, and nothing sticks out', async () => {
    expect(await look.page.evaluate('document.documentElement.scrollWidth')).toBe(viewport.width);
    for (const { x, width } of await boxesOf(look.page, '.chart svg')) {
      expect(width).toBeGreaterThan(viewport.width * 0.7);
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x + width).toBeLessThanOrEqual(viewport.width);
    }
  });
});

describe('the report', () => {
  it('changes its charts when the window turns dark or narrow', async () => {
    const { page } = await open('light');
    const ink = "document.querySelector('.chart text').getAttribute('fill')";
    const light = await page.evaluate(ink);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.waitForFunction(`${ink} !== ${JSON.stringify(light)}`);
    await page.setViewportSize(NARROW);
    await page.waitForFunction(`document.querySelector('.chart svg').clientWidth < ${NARROW.width}`);
    await page.context().close();
  });

  // Fonts are the machine's, so letters are averaged away: what is compared is where the bars and lines are.
  describe.each([
    ['bars', '#uncontended-sync .chart'],
    ['lines', '#contended .chart'],
    ['opening', '#atomics .chart'],
  ])('draws %s as in the picture', (name, selector) => {
    const file = fileURLToPath(new URL(`reference/${name}.png`, import.meta.url));
    const draw = async (slower: number, font = '') => {
      const { page } = await open('light', WIDE, reportOf(slower));
      if (font !== '') {
        await page.evaluate(`for (const element of document.querySelectorAll('.chart')) {
          echarts.getInstanceByDom(element).setOption({ textStyle: { fontFamily: '${font}' } });
        }`);
      }
      const small = thumbnail(decode(await page.locator(selector).first().screenshot()), 80, 40);
      await page.context().close();
      return small;
    };

    it('that is kept, in whatever font', async () => {
      const drawn = await draw(1);
      if (update === '1') writeFileSync(file, PNG.sync.write(drawn));
      expect(existsSync(file)).toBe(true);
      const kept = PNG.sync.read(readFileSync(file));
      expect(difference(drawn, kept)).toBeLessThan(0.02);
      expect(difference(await draw(1, 'serif'), kept)).toBeLessThan(0.02);
    });

    it('and other figures look different', async () => {
      const kept = PNG.sync.read(readFileSync(file));
      expect(difference(await draw(3000), kept)).toBeGreaterThan(0.05);
    });
  });
});
