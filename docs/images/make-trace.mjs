// Makes trace.png: runs traced.mjs under EVENTFD_TRACE and takes a picture of the file, as trace-page.mjs draws it.
// (Perfetto needs the network, and Debian's Chromium comes without chrome://tracing.)
//
//     node scripts/build.mjs && node docs/images/make-trace.mjs
//
// Needs Chromium (Debian: apt-get install chromium), or its path in CHROMIUM.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pageOf } from './trace-page.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'make-trace-'));

function run(program, args, env = {}) {
  const { status, error, stderr } = spawnSync(program, args, {
    env: { ...process.env, ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (status !== 0) throw new Error(`${program} failed: ${error?.message ?? stderr}`);
}

/** How long it took from the first hold to the last event. */
function holding(events) {
  const { ts } = events.find(({ cat }) => cat === 'hold');
  return events[events.length - 1].ts - ts;
}

try {
  // Of several runs the one that the rest of the machine disturbed least.
  const traces = Array.from({ length: 8 }, (_, i) => {
    const file = join(folder, `${i}.json`);
    run(process.execPath, [here('traced.mjs')], { EVENTFD_TRACE: file });
    return JSON.parse(readFileSync(file, 'utf8'));
  });
  const [quietest] = traces.sort((a, b) => holding(a) - holding(b));
  const page = pageOf(quietest, 'trace.json');
  writeFileSync(join(folder, 'page.html'), page.html);
  run(process.env.CHROMIUM ?? 'chromium', [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--hide-scrollbars',
    `--user-data-dir=${join(folder, 'profile')}`,
    `--window-size=${page.width},${page.height}`,
    `--screenshot=${here('trace.png')}`,
    join(folder, 'page.html'),
  ]);
  console.log(`docs/images/trace.png: ${readFileSync(here('trace.png')).length} bytes`);
} finally {
  rmSync(folder, { recursive: true });
}
