// pnpm soak --leases [--minutes 10] [--kills 1000] [--engines machine,redis,postgres]: the same of leases; packages/lease/test/soak.
// pnpm soak --minutes 20: uses everything for so long, and tells whether anything was lost, stuck, or grew.
// pnpm soak --terminations 10000: kills so many threads at random points, and tells when those who waited were served.
import { parseArgs } from 'node:util';
import { Soak } from './soak.mjs';
import { terminations } from './terminations.mjs';

const USAGE = `Usage: pnpm soak --minutes N [--seed S] [--workers W]
       pnpm soak --terminations N [--seed S]
       pnpm soak --leases [--minutes N | --kills N] [--engines LIST] [--seed S]`;

function refuse(why) {
  console.error(`${why}\n${USAGE}`);
  process.exit(2);
}

function parse() {
  const string = { type: 'string' };
  try {
    return parseArgs({
      options: { minutes: string, terminations: string, seed: string, workers: string, help: { type: 'boolean' } },
    }).values;
  } catch (error) {
    return refuse(error.message);
  }
}

/** The positive number that an option says; `fallback` where it is not given. */
function numberOf(values, name, fallback) {
  const value = Number(values[name] ?? fallback);
  if (!(value > 0)) refuse(`--${name} takes a number above 0, not ${values[name]}`);
  return value;
}

async function soak(values, seed) {
  const run = new Soak({
    durationMs: numberOf(values, 'minutes', 1) * 60_000,
    seed,
    workers: numberOf(values, 'workers', 6),
  });
  const complaints = await run.run();
  console.log(run.summary());
  for (const complaint of complaints) console.log(`NOT FLAT: ${complaint}`);
  console.log(complaints.length === 0 ? 'Nothing lost, nobody stuck, all flat.' : 'Nothing lost, nobody stuck.');
  return complaints.length === 0;
}

if (process.argv.includes('--leases')) {
  await import('../../../lease/test/soak/main.mjs');
  process.exit();
}
const values = parse();
if (values.help) {
  console.log(USAGE);
  process.exit();
}
const seed = numberOf(values, 'seed', (Date.now() % 2 ** 31) + 1);
console.log(`Node ${process.versions.node}, --seed ${seed}`);
try {
  const count = values.terminations === undefined ? 0 : numberOf(values, 'terminations', 0);
  if (!(await (count > 0 ? terminations(count, seed) : soak(values, seed)))) process.exitCode = 1;
} catch (error) {
  console.error(error);
  process.exit(1);
}
