/** What `bench --check` prints: each bound with both sides' figures, held or not. */
import Table from 'cli-table3';
import { show } from '../harness/table.js';
import { inWords } from '../harness/words.js';
import type { Bound, Limit } from './bounds.js';
import type { Verdict } from './judge.js';

/** @param x the unit: `x` for a ratio */
function showOne(limit: Limit, x: string): string {
  return 'atMost' in limit ? `<= ${limit.atMost}${x}` : `>= ${limit.atLeast}${x}`;
}

export function showLimit({ limit, itself, theirs }: Bound): string {
  const whole = showOne(limit, theirs.length === 0 ? '' : 'x');
  return itself === undefined ? whole : `${whole}, itself ${showOne(itself, '')}`;
}

/** The ratio in words, where there is somebody to compare with. */
export function wordsOf({ bound, value, metric }: Verdict): string {
  return bound.theirs.length === 0 || value === undefined ? '' : inWords(value.median, metric);
}

/** Prints the verdicts; true when no bound is missed. */
export function printVerdicts(verdicts: readonly Verdict[]): boolean {
  const table = new Table({
    head: ['', 'ours', 'theirs', '', 'measured', 'eventfd is', 'half of the rounds', 'rounds', 'bound', ''],
    colAligns: ['left', 'right', 'right', 'left', 'right', 'left', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  });
  for (const verdict of verdicts) {
    const { bound, ours, theirs, against, value, held, settled, missing } = verdict;
    const word = held === undefined ? (missing ?? 'not measured') : held ? 'held' : 'NOT HELD';
    const x = bound.theirs.length === 0 ? 'count' : 'x';
    table.push([
      bound.what,
      ours,
      theirs,
      against ?? '',
      value === undefined ? '-' : show(value.median, x),
      wordsOf(verdict),
      value === undefined || value.runs === 1 ? '' : `${show(value.low, x)} .. ${show(value.high, x)}`,
      value === undefined || bound.theirs.length === 0 ? '' : value.runs,
      showLimit(bound),
      held === undefined || settled ? word : `${word}, not sure yet`,
    ]);
  }
  console.log(table.toString());
  const missed = verdicts.filter(({ held }) => held === false).length;
  const open = verdicts.filter(({ held }) => held === undefined).length;
  const unsure = verdicts.filter(({ held, settled }) => held !== undefined && !settled).length;
  const all = verdicts.length;
  console.log(
    `${all - missed - open} of ${all} bounds held, ${missed} not${open > 0 ? `, ${open} not measurable here` : ''}.`,
  );
  if (unsure > 0) {
    console.log(
      `${unsure} are not sure yet: they take more rounds than there was time for (--minutes), or than there are.`,
    );
  }
  return missed === 0;
}
