import { describe, expect, it } from 'vitest';
import { cases } from '../dist/cases/index.js';
import { carryOut, planOf, runsOf, type Tally } from '../dist/harness/schedule.js';
import { Stopped } from '../dist/harness/spawn.js';
import { type Case, type CaseResult, cannot } from '../dist/harness/types.js';

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
  const result: CaseResult = { case: theCase.id, points: [] };
  let written = 0;
  await carryOut(plan, { programs, tally, onRun: (_, subject) => steps.push(subject) }, result, () => written++);
  return { points: result.points, tally, steps, written };
}

describe('a plan', () => {
  it('runs every subject at every point, as often as it may', async () => {
    const { points, tally, steps, written } = await done(3);
    for (const { subjects } of points) {
      expect(subjects.map(({ runs }) => runs.map(({ round }) => round))).toEqual([[0, 1, 2], [0], [], []]);
    }
    expect(tally.runs).toBe(2 * 4);
    // Every planned run moves the bar on once, those after a failure too.
    expect(tally.planned).toBe(2 * (3 + 1 + 3));
    expect(steps.length).toBe(tally.planned);
    // What a point gave can be kept before the next one begins.
    expect(written).toBe(2);
  });

  it('leaves what there was when it is stopped, and nothing of the run that was cut off', async () => {
    const controller = new AbortController();
    const hangs = () => {
      // It has been started by then.
      setImmediate(() => controller.abort());
      return ['-c', 'sleep 600; true'];
    };
    const slow: Case = { ...theCase, subjects: { able: floor, slow: { way: { floor: hangs } } } };
    const plan = planOf(slow, ['able', 'slow'], { quick: false, check: false });
    const result: CaseResult = { case: slow.id, points: [] };
    const tally: Tally = { discarded: 0, kept: 0, runs: 0, planned: runsOf(plan) };
    const running = carryOut(plan, { programs, tally, signal: controller.signal, onRun: () => {} }, result);
    await expect(running).rejects.toBeInstanceOf(Stopped);
    expect(result.points.map(({ subjects }) => subjects.map(({ runs, missing }) => [runs.length, missing]))).toEqual([
      [
        [1, undefined],
        [0, undefined],
      ],
    ]);
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
