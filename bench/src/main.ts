/** `pnpm bench`: this library, its peers and the C floor, side by side in one run. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cases } from './cases/index.js';
import { plansFor, printVerdicts } from './check/check.js';
import { type Arguments, parse, USAGE } from './harness/args.js';
import { Failure } from './harness/failure.js';
import { buildFloor } from './harness/floor.js';
import { describeMachine } from './harness/machine.js';
import { type Node, nodesOf } from './harness/nodes.js';
import { startProgress } from './harness/progress.js';
import { canRun, carryOut, planOf, runsOf, type Tally } from './harness/schedule.js';
import { printCase } from './harness/table.js';
import type { Results } from './harness/types.js';
import { pageOf } from './report/page.js';

const folder = fileURLToPath(new URL('../results/', import.meta.url));

function plans(args: Arguments) {
  return cases
    .filter(({ id }) => args.cases.length === 0 || args.cases.includes(id))
    .map((each) => {
      const { quick } = args;
      // What is asked for by name is measured; a quick look at everything leaves out what takes long.
      const asked = Object.entries(each.subjects).filter(([id, entry]) =>
        args.subjects.length > 0
          ? args.subjects.includes(id)
          : !quick || args.cases.length > 0 || entry.quick !== false,
      );
      return planOf(
        each,
        asked.map(([id]) => id),
        args,
      );
    })
    .filter((plan) => plan.subjects.some((subject) => args.subjects.includes(subject) || canRun(plan.case, subject)));
}

async function measure(args: Arguments, node: Node, floor: string): Promise<Results> {
  const started = performance.now();
  const todo = args.check ? plansFor((each) => planOf(each, [], args)) : plans(args);
  if (todo.length === 0) throw new Failure('None of these subjects is in these cases; see --list');
  const planned = todo.reduce((sum, plan) => sum + runsOf(plan), 0);
  const tally: Tally = { discarded: 0, kept: 0, runs: 0, planned };
  const results: Results = {
    date: new Date().toISOString(),
    node: node.version,
    v8: node.v8,
    machine: describeMachine(),
    quick: args.quick,
    disturbed: tally,
    seconds: 0,
    cases: [],
  };
  const progress = startProgress(planned);
  try {
    for (const plan of todo) {
      progress.begin(plan.case.title);
      const programs = { node: node.binary, version: node.numbers, floor };
      results.cases.push(await carryOut(plan, programs, tally, (what) => progress.step(what)));
    }
  } finally {
    progress.end();
  }
  return { ...results, seconds: Math.round((performance.now() - started) / 1000) };
}

function save(results: Results): string {
  mkdirSync(folder, { recursive: true });
  const name = `${results.date.replace(/[:.]/g, '-')}-node-${results.node.replace(/^v/, '')}${results.quick ? '-quick' : ''}`;
  const file = join(folder, `${name}.json`);
  writeFileSync(file, `${JSON.stringify(results, null, 1)}\n`);
  writePage(file, results);
  return file;
}

function writePage(file: string, results: Results): string {
  const page = `${file.replace(/\.json$/, '')}.html`;
  writeFileSync(page, pageOf(results));
  return page;
}

function readResults(file: string): Results {
  try {
    const results = JSON.parse(readFileSync(file, 'utf8')) as Results;
    if (!Array.isArray(results.cases)) throw new Error('it has no cases');
    return results;
  } catch (error) {
    throw new Failure(`${file} is no file of results: ${(error as Error).message}`);
  }
}

function print(results: Results): void {
  const { machine, disturbed } = results;
  console.log(`\nNode ${results.node} on ${machine.cores} x ${machine.cpu}, Linux ${machine.kernel}, ${machine.libc}`);
  console.log(`\n${disturbed.runs} runs in ${results.seconds} s.`);
  if (disturbed.discarded > 0) {
    console.log(`The machine was disturbed: ${disturbed.discarded} runs were thrown away and done again.`);
  }
  if (disturbed.kept > 0) {
    console.log(`${disturbed.kept} stayed disturbed and were kept: the figures are rougher than they could be.`);
  }
}

async function main(): Promise<void> {
  const args = parse(process.argv.slice(2));
  if (args.help) {
    console.log(USAGE);
    return;
  }
  if (args.list) {
    for (const each of cases) console.log(`${each.id}: ${Object.keys(each.subjects).join(', ')}`);
    return;
  }
  if (args.report !== undefined) {
    console.log(relative(process.cwd(), writePage(args.report, readResults(args.report))));
    return;
  }
  const floor = buildFloor();
  for (const node of await nodesOf(args.nodes)) {
    const results = await measure(args, node, floor);
    if (!args.check) for (const each of results.cases) printCase(each);
    print(results);
    if (args.check && !printVerdicts(results)) process.exitCode = 1;
    const file = relative(process.cwd(), save(results));
    console.log(`\n${file}, and an HTML report beside it.`);
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(`bench: ${error.message}`);
  process.exitCode = 2;
}
