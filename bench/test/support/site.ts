/** A folder of pages, and what is wrong with them: read as files, and opened in a browser as a server would serve them. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';

interface Content {
  /** What its links, pictures and scripts refer to, as it stands there. */
  readonly references: string[];
  /** What an anchor can name. */
  readonly ids: string[];
}

/** Of a document, in the browser: a function's text. */
const CONTENT = `(document) => ({
  references: Array.from(document.querySelectorAll('a[href], link[href], img[src], script[src]'), (element) =>
    element.getAttribute(element.matches('a, link') ? 'href' : 'src')),
  ids: Array.from(document.querySelectorAll('[id]'), ({ id }) => id),
})`;

/** No server listens there: the browser's requests are answered here. */
const ORIGIN = 'http://site.test';

export class Site {
  /** By the path in the folder. */
  private readonly contents = new Map<string, Content>();
  private readonly folder: string;
  readonly page: Page;
  private complaints: string[] = [];

  private constructor(folder: string, page: Page) {
    this.folder = folder;
    this.page = page;
    page.on('console', (message) => this.complaints.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => this.complaints.push(error.message));
  }

  /** Reads the pages; `close` when done. */
  static async read(folder: string, browser: Browser): Promise<Site> {
    const site = new Site(folder, await browser.newPage());
    for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!path.endsWith('.html')) continue;
      const text = JSON.stringify(readFileSync(join(folder, path), 'utf8'));
      const parsed = `new DOMParser().parseFromString(${text}, 'text/html')`;
      site.contents.set(path, await site.page.evaluate(`(${CONTENT})(${parsed})`));
    }
    await site.page.route('**', async (route) => {
      const path = site.pathOf(new URL(route.request().url()));
      await route.fulfill(path === undefined ? { status: 404 } : { path: join(folder, path) });
    });
    return site;
  }

  close(): Promise<void> {
    return this.page.context().close();
  }

  get paths(): string[] {
    return Array.from(this.contents.keys()).sort();
  }

  /** The links of a page that lead nowhere; those that leave the site are not followed. */
  deadLinks(path: string, content = this.contents.get(path)): string[] {
    if (content === undefined) throw new Error(`there is no ${path}`);
    return Array.from(new Set(content.references)).filter((reference) => !this.leadsSomewhere(path, reference));
  }

  /** Opens a page, waits until it is `ready`, and says what is wrong in it. */
  async open(path: string, ready: () => Promise<unknown> = async () => {}): Promise<string[]> {
    this.complaints = [];
    await this.page.goto(`${ORIGIN}/${path}`);
    await ready();
    const blank: string[] = await this.page.evaluate(
      `Array.from(document.images).filter((image) => image.naturalWidth === 0).map((image) => image.getAttribute('src'))`,
    );
    // Scripts add to a page: its navigation is not in the file.
    const content: Content = await this.page.evaluate(`(${CONTENT})(document)`);
    return [
      ...this.complaints,
      ...blank.map((src) => `shows no picture: ${src}`),
      ...this.deadLinks(path, content).map((link) => `leads nowhere: ${link}`),
    ];
  }

  /** The file that a server would send. */
  private pathOf({ origin, pathname }: URL): string | undefined {
    if (origin !== ORIGIN) return undefined;
    const path = decodeURIComponent(pathname.slice(1)).replace(/(?<=^|\/)$/, 'index.html');
    const file = join(this.folder, path);
    return existsSync(file) && statSync(file).isFile() ? path : undefined;
  }

  private leadsSomewhere(path: string, reference: string): boolean {
    const url = new URL(reference, `${ORIGIN}/${path}`);
    if (url.protocol === 'https:') return true;
    const target = this.pathOf(url);
    if (target === undefined || url.hash === '') return target !== undefined;
    return this.contents.get(target)?.ids.includes(decodeURIComponent(url.hash.slice(1))) ?? false;
  }
}
