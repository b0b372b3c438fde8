/** `pnpm bench`: this library, its peers and the C floor, side by side in one run. */
import { constants } from 'node:os';
import { relative } from 'node:path';
import { cases } from './cases/index.js';
import { printVerdicts } from './check/check.js';
import { boundsOf, verdictsOf } from './check/judge.js';
import { parse, USAGE } from './harness/args.js';
import { Failure } from './harness/failure.js';
import { buildFloor } from './harness/floor.js';
import { nodesOf } from './harness/nodes.js';
import { printCase } from './harness/table.js';
import type { Results } from './harness/types.js';
import { measure } from './measuring.js';
import { fileOf, readResults, writePage } from './results.js';

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

/**
 * SIGINT or SIGTERM ends the run in progress, and what there is gets printed. Often the same comes twice, from the terminal
 * and from pnpm or timeout(1), so that a second one changes nothing: what is left to do is done in a moment.
 */
function stoppable(): { signal: AbortSignal; by: () => 'SIGINT' | 'SIGTERM' | undefined } {
  const controller = new AbortController();
  let by: 'SIGINT' | 'SIGTERM' | undefined;
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      by ??= name;
      controller.abort();
    });
  }
  return { signal: controller.signal, by: () => by };
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
  const stop = stoppable();
  const floor = buildFloor();
  for (const node of await nodesOf(args.nodes)) {
    const results = await measure(args, node, floor, stop.signal);
    if (!args.check) for (const each of results.cases) printCase(each);
    print(results);
    if (args.check && !printVerdicts(verdictsOf(results, boundsOf(args.cases)))) process.exitCode = 1;
    const file = fileOf(results);
    writePage(file, results);
    console.log(`\n${relative(process.cwd(), file)}, and an HTML report beside it.`);
    const by = stop.by();
    if (by !== undefined) {
      console.log(`Stopped by ${by}: this is what there was until then.`);
      process.exitCode = 128 + constants.signals[by];
      return;
    }
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(`bench: ${error.message}`);
  process.exitCode = 2;
}
