// `pnpm docs:figures [FILE.json]`: writes README's "Why not..." table from a run of the bench, the newest by default, and keeps
// what the table shows of it in docs/figures.json. A test compares the two, and the version that was measured with today's.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const SLOT = /(<!-- figures[^\n]*-->\n)[\s\S]*?(<!-- \/figures -->)/;

/** The columns, and the bench's subjects in them: the first of them that does a case. */
const COLUMNS = {
  'this library': ['ours'],
  '`Atomics.wait`, `waitAsync`': ['atomics', 'wait-async'],
  'Web Locks': ['web-locks'],
  '`async-mutex`': ['async-mutex'],
};

/** What needs no figure. Each is a test or a case of the bench: README's "Compared with" names them. */
const IN_WORDS = [
  ['between threads', 'yes', 'yes', 'yes', '**no**: one thread only'],
  [
    'several permits, a timeout, an `AbortSignal`',
    'yes',
    'yours to write',
    'one permit, no timeout',
    'no `AbortSignal`',
  ],
  [
    'a waiting promise keeps its worker alive',
    'yes',
    '**no**: it exits with 0',
    '**no**: it exits with 0',
    'no threads',
  ],
];

const time = (nanoseconds) => {
  const [value, unit] = nanoseconds < 1000 ? [nanoseconds, 'ns'] : [nanoseconds / 1000, 'us'];
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
};

const FIGURES = [
  { what: 'take and give back, nobody waits', case: 'uncontended-sync', show: ({ time: ns }) => time(ns) },
  { what: 'the same, awaited', case: 'uncontended-async', show: ({ time: ns }) => time(ns) },
  { what: 'a thread wakes one that blocks', case: 'hand-off-sync', show: ({ mean }) => time(mean * 1000) },
  { what: 'an event loop wakes another', case: 'hand-off-async', show: ({ mean }) => time(mean * 1000) },
  {
    what: 'the holder is killed: the next is served',
    case: 'death',
    show: ({ served, p99 }) => (served === 0 ? '**never**' : `${served} %, within ${Math.max(p99, 0.1).toFixed(1)} ms`),
  },
];

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The medians of each figure, or why there are none. */
function outcome(results, id, names) {
  const found = results.cases.find((each) => each.case === id)?.points[0]?.subjects ?? [];
  const measured = names
    .map((name) => found.find(({ subject }) => subject === name))
    .filter((each) => each !== undefined);
  const best = measured.find(({ runs }) => runs.length > 0) ?? measured[0];
  if (best === undefined) throw new Error(`the run has no ${names.join(' or ')} in the case ${id}`);
  if (best.runs.length === 0) return { cannot: best.missing };
  const keys = Object.keys(best.runs[0].figures);
  return Object.fromEntries(keys.map((key) => [key, median(best.runs.map(({ figures }) => figures[key]))]));
}

/** What the table shows of a run. */
export function figuresOf(results, version) {
  const { date, node, machine } = results;
  const rows = FIGURES.map((row) => ({
    case: row.case,
    cells: Object.values(COLUMNS).map((names) => outcome(results, row.case, names)),
  }));
  return { version, date: date.slice(0, 10), node, cpu: machine.cpu, cores: machine.cores, rows };
}

const cannotBe = (why) =>
  /asynchronous only/.test(why) ? 'promises only' : /one thread/.test(why) ? 'no threads' : why;

/** The table, of what docs/figures.json has. */
export function tableOf({ version, date, node, cpu, cores, rows }) {
  const columns = Object.keys(COLUMNS);
  const measured = FIGURES.map((row) => {
    const { cells } = rows.find((each) => each.case === row.case);
    return [row.what, ...cells.map((cell) => ('cannot' in cell ? cannotBe(cell.cannot) : row.show(cell)))];
  });
  const lines = [['', ...columns], ['---', ...columns.map(() => '---')], ...IN_WORDS, ...measured];
  const table = lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  return `${table}\n\nMeasured with ${version} on Node ${node.replace(/^v/, '')}, ${cores} cores (${cpu}), ${date}; Web Locks are there from Node 24.5 on.\n`;
}

/** README with that table in its place. */
export const withTable = (readme, table) => readme.replace(SLOT, (_, begin, end) => `${begin}${table}${end}`);

function newest() {
  const folder = join(root, 'bench/results');
  const file = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .at(-1);
  if (file === undefined)
    throw new Error(
      'bench/results is empty: run `bench --quick --node 26 --case uncontended-sync,uncontended-async,hand-off-sync,hand-off-async,death` before',
    );
  return join(folder, file);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = process.argv[2] === undefined ? newest() : resolve(process.argv[2]);
  const { version } = JSON.parse(readFileSync(join(root, 'packages/semaphore/package.json'), 'utf8'));
  const figures = figuresOf(JSON.parse(readFileSync(file, 'utf8')), version);
  writeFileSync(join(root, 'docs/figures.json'), `${JSON.stringify(figures, null, 2)}\n`);
  const readme = join(root, 'README.md');
  writeFileSync(readme, withTable(readFileSync(readme, 'utf8'), tableOf(figures)));
  console.log(`README.md has the figures of ${file}`);
}
