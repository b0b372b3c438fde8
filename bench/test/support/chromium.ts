/** A real Chromium without a window: Debian's package, or whatever else is there. */
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param env where to look: the environment of the process */
export function findChromium({ CHROMIUM, PATH = '' }: Record<string, string | undefined>): string {
  const places = NAMES.flatMap((name) => PATH.split(':').map((folder) => join(folder, name)));
  const found = CHROMIUM ?? places.find(isProgram);
  if (found !== undefined && isProgram(found)) return found;
  throw new Error(
    found === undefined
      ? 'There is no Chromium here: install it (Debian: apt-get install chromium), or give its path in CHROMIUM'
      : `CHROMIUM is ${found}, which cannot be run; Debian's package is called chromium`,
  );
}

export function launchChromium(): Promise<Browser> {
  // Its own sandbox needs a user that is not root, and the page is ours.
  return chromium.launch({ executablePath: findChromium(process.env), chromiumSandbox: false });
}
