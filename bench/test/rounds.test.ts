/** Which settings `bench --check` measures again. The programs are stand-ins whose figures are given. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { caseOf } from '../dist/cases/index.js';
import type { Bound } from '../dist/check/bounds.js';
import { openSides, verdictsOf } from '../dist/check/judge.js';
import { carryOutRounds, roundsFor } from '../dist/check/rounds.js';
import type { CaseResult, Figures } from '../dist/harness/types.js';

const folder = mkdtempSync(join(tmpdir(), 'bench-rounds-'));
const log = join(folder, 'log');
/** Stands in for Node and for the floor: `child.js CASE SUBJECT POINT`, or a floor's arguments. */
const program = join(folder, 'program');

beforeAll(() => {
  writeFileSync(
    program,
    `#!/bin/sh
case "$1" in --no-warnings) subject=$4;; *) subject=floor;; esac
echo "$subject" >> ${log}
case "$subject" in
  ours) value=100;;
  atomics) value=$((98 + $(wc -l < ${log}) % 5));;
  atomics-spin) value=20;;
  *) value=1000;;
esac
echo "{\\"figures\\":{\\"rate\\":$value,\\"fairness\\":1,\\"most\\":3},\\"cpu\\":0}"
`,
    { mode: 0o755 },
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

const point = { section: 1, workers: 4 };
const bound = (theirs: readonly string[], atLeast: number): Bound => ({
  what: 'a mutex',
  case: 'contended',
  point,
  ours: { subject: 'ours', metric: 'rate' },
  theirs: theirs.map((subject) => ({ subject, metric: 'rate' })),
  limit: { atLeast },
});

async function measured(bounds: readonly Bound[], isTimeUp = () => false) {
  writeFileSync(log, '');
  const rounds = roundsFor(bounds);
  let planned = 0;
  let ran = 0;
  const titles: string[] = [];
  const programs = { node: program, version: [20, 0], floor: program } as const;
  const tally = { discarded: 0, kept: 0, runs: 0, planned: 0 };
  await carryOutRounds(
    rounds,
    { programs, tally, onRun: () => ran++ },
    { plan: (_, runs) => (planned += runs), begin: (title) => titles.push(title), onFigures: () => {}, isTimeUp },
  );
  const times = (subject: string) =>
    readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line === subject).length;
  return { cases: rounds.cases, times, titles, planned, ran };
}

describe('the rounds of a check', () => {
  it('end as soon as nothing is close', async () => {
    const { times, cases } = await measured([bound(['atomics-spin'], 1)]);
    expect([times('ours'), times('atomics-spin')]).toEqual([2, 2]);
    expect(verdictsOf({ cases }, [bound(['atomics-spin'], 1)])[0]).toMatchObject({ held: true, settled: true });
  });

  it('go on for what is too close to call, and only for that', async () => {
    const { times, titles, planned, ran } = await measured([bound(['atomics', 'atomics-spin'], 1)]);
    // Disturbed runs are done again, so there may be more.
    expect(times('atomics')).toBeGreaterThanOrEqual(5);
    expect(times('atomics')).toBeGreaterThan(times('atomics-spin'));
    expect(titles[0]).toBe(caseOf('contended')?.title);
    expect(titles[2]).toBe('1 of 1 settings are too close to call: round 3');
    expect(ran).toBe(planned);
  });

  it('stop at one rival that is clearly better', async () => {
    const { times, cases } = await measured([bound(['atomics', 'glibc-mutex'], 1)]);
    expect(times('ours')).toBeLessThan(5);
    const [verdict] = verdictsOf({ cases }, [bound(['atomics', 'glibc-mutex'], 1)]);
    expect(verdict).toMatchObject({ held: false, against: 'C mutex' });
  });

  it('are one when the time is up', async () => {
    const { times, cases } = await measured([bound(['atomics'], 1)], () => true);
    expect(times('ours')).toBeLessThanOrEqual(3);
    expect(times('atomics')).toBeLessThanOrEqual(3);
    // One round says something, but not for sure.
    const [verdict] = verdictsOf({ cases }, [bound(['atomics'], 1)]);
    expect(verdict?.held).toBeDefined();
    expect(verdict?.settled).toBe(false);
  });

  it('are as many as it takes where there is nobody to compare with, however late it is', async () => {
    const alone: Bound = {
      what: 'a wait',
      case: 'terminate',
      point: {},
      ours: { subject: 'ours', metric: 'most' },
      theirs: [],
      limit: { atMost: 100 },
    };
    const { cases } = await measured([alone], () => true);
    expect(cases[0]?.points[0]?.subjects[0]?.runs.length).toBe(3);
  });
});

describe('what is open', () => {
  const results = (figures: Record<string, Figures[]>): CaseResult[] => [
    {
      case: 'contended',
      points: [
        {
          point,
          subjects: Object.entries(figures).map(([subject, all]) => ({
            subject,
            runs: all.map((each, round) => ({ round, figures: each, others: 0, steal: 0 })),
          })),
        },
      ],
    },
  ];
  const jain: Bound = {
    ...bound(['atomics'], 1),
    ours: { subject: 'ours', metric: 'fairness' },
    theirs: [{ subject: 'atomics', metric: 'fairness' }],
    itself: { atLeast: 0.9 },
  };
  const rounds = (fairness: number) => [{ fairness }, { fairness }, { fairness }];

  it('is nothing when our own figure is too low, however low theirs is', () => {
    const low = results({ ours: rounds(0.6), atomics: rounds(0.3) });
    expect(openSides(jain, low)).toEqual([]);
    expect(verdictsOf({ cases: low }, [jain])[0]?.held).toBe(false);
    const high = results({ ours: rounds(0.99), atomics: rounds(0.3) });
    expect(verdictsOf({ cases: high }, [jain])[0]?.held).toBe(true);
  });

  it('ends after nine rounds, too close as it may be', () => {
    const many = Array.from({ length: 9 }, () => ({ rate: 1 }));
    expect(openSides(bound(['atomics'], 1), results({ ours: many.slice(1), atomics: many.slice(1) }))).toHaveLength(2);
    expect(openSides(bound(['atomics'], 1), results({ ours: many, atomics: many }))).toEqual([]);
  });

  it('is nothing where the other side cannot be measured', () => {
    const [first] = results({ ours: [{ rate: 1 }] });
    first?.points[0]?.subjects.push({ subject: 'web-locks', runs: [], missing: 'needs Node 24.5' });
    expect(openSides(bound(['web-locks'], 20), first === undefined ? [] : [first])).toEqual([]);
  });

  it('counts a wait of next to nothing as nothing', () => {
    const wait: Bound = { ...bound(['atomics'], 1), limit: { atMost: 1 }, least: 5 };
    const cases = results({ ours: [{ rate: 4 }, { rate: 2 }], atomics: [{ rate: 1 }, { rate: 1 }] });
    expect(verdictsOf({ cases }, [wait])[0]).toMatchObject({ held: true, value: { median: 1 } });
  });
});
