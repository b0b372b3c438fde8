import { describe, expect, it } from 'vitest';
import { cases } from '../dist/cases/index.js';
import { carryOut, planOf, runsOf, type Tally } from '../dist/harness/schedule.js';
import { type Case, cannot } from '../dist/harness/types.js';

const floor = { way: { floor: () => ['-c', 'echo "{\\"figures\\":{\\"time\\":1},\\"cpu\\":0}"'] } };
const programs = { node: '/nowhere/node', version: [20, 0], floor: '/bin/sh' } as const;
const theCase: Case = {
  id: 'here',
  title: '',
  about: '',
  points: [{ workers: 1 }, { workers: 2 }],
  timed: false,
  metrics: { time: { unit: 'ns', title: 'time', better: 'less' } },
  subjects: {
    able: floor,
    seldom: { ...floor, rounds: 1 },
    unable: cannot('no hands'),
    broken: { way: { floor: () => ['-c', 'echo "node: at once"; echo "Error: no luck" >&2; exit 3'] } },
  },
};

async function done(rounds: number) {
  const plan = { ...planOf(theCase, Object.keys(theCase.subjects), { quick: false, check: false }), rounds };
  const tally: Tally = { discarded: 0, kept: 0, runs: 0, planned: runsOf(plan) };
  const steps: string[] = [];
  const { points } = await carryOut(plan, programs, tally, (what) => steps.push(what));
  return { points, tally, steps };
}

describe('a plan', () => {
  it('runs every subject at every point, as often as it may', async () => {
    const { points, tally, steps } = await done(3);
    for (const { subjects } of points) {
      expect(subjects.map(({ runs }) => runs.map(({ round }) => round))).toEqual([[0, 1, 2], [0], [], []]);
    }
    expect(tally.runs).toBe(2 * 4);
    // Every planned run moves the bar on once, those after a failure too.
    expect(tally.planned).toBe(2 * (3 + 1 + 3));
    expect(steps.length).toBe(tally.planned);
  });

  it('says why there is no figure', async () => {
    const { points } = await done(1);
    const missing = Object.fromEntries(points[0]?.subjects.map((each) => [each.subject, each.missing]) ?? []);
    expect(missing).toEqual({
      able: undefined,
      seldom: undefined,
      unable: 'no hands',
      broken: 'failed with 3: Error: no luck',
    });
  });
});

describe('every case', () => {
  const peers = ['multithreading', 'mortice', 'web-locks', 'async-mutex'];
  it.each(cases.map((each) => [each.id, each] as const))(
    '%s measures each peer, or says why not',
    (id, { subjects }) => {
      const here = Object.keys(subjects);
      expect(here).toEqual(expect.arrayContaining(['ours', ...peers]));
      expect(
        here.filter((subject) => /^(atomics|wait-async)$/.test(subject)),
        id,
      ).not.toEqual([]);
    },
  );
});
