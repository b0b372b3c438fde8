/** One Node measured: what was asked for, written down as it goes. */
import { caseOf, cases } from './cases/index.js';
import { boundsOf } from './check/judge.js';
import { carryOutRounds, roundsFor } from './check/rounds.js';
import type { Arguments } from './harness/args.js';
import { Estimate } from './harness/estimate.js';
import { Failure } from './harness/failure.js';
import { describeMachine } from './harness/machine.js';
import type { Node } from './harness/nodes.js';
import { type Outlook, type Progress, startProgress } from './harness/progress.js';
import { type Conditions, canRun, carryOut, type Plan, planOf, runsOf, type Tally } from './harness/schedule.js';
import { Stopped } from './harness/spawn.js';
import type { Results } from './harness/types.js';
import { save } from './results.js';

/** So long before the time is up no round begins any more: one takes some seconds. */
const MARGIN_S = 5;

export function plansOf(args: Arguments): Plan[] {
  return cases
    .filter(({ id, quick }) => (args.cases.length === 0 ? !args.quick || quick !== false : args.cases.includes(id)))
    .map((each) => {
      // What is asked for by name is measured; a quick look at everything leaves out what takes long.
      const asked = Object.entries(each.subjects).filter(([id, entry]) =>
        args.subjects.length > 0
          ? args.subjects.includes(id)
          : !args.quick || args.cases.length > 0 || entry.quick !== false,
      );
      return planOf(
        each,
        asked.map(([id]) => id),
        args,
      );
    })
    .filter((plan) => plan.subjects.some((subject) => args.subjects.includes(subject) || canRun(plan.case, subject)));
}

/** Whole, or until the signal: what there is then is in the results as well, and in their file. */
export async function measure(args: Arguments, node: Node, floor: string, signal: AbortSignal): Promise<Results> {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const tally: Tally = { discarded: 0, kept: 0, runs: 0, planned: 0 };
  const results: Results = {
    date: new Date().toISOString(),
    node: node.version,
    v8: node.v8,
    machine: describeMachine(),
    quick: args.quick,
    whole: false,
    disturbed: tally,
    seconds: 0,
    cases: [],
  };
  const write = () => {
    results.seconds = Math.round(seconds());
    save(results);
  };
  const estimate = new Estimate();
  const plan = (theCase: string, runs: number) => {
    estimate.plan(theCase, runs, caseOf(theCase)?.seconds);
    tally.planned = estimate.planned;
  };
  let progress: Progress | undefined;
  const conditions: Conditions = {
    programs: { node: node.binary, version: node.numbers, floor },
    tally,
    signal,
    onRun: (theCase, subject, took) => {
      estimate.ran(theCase, took);
      progress?.step(`${theCase} ${subject}`);
    },
  };
  const start = (left: () => number | undefined, about: string) => {
    const outlook: Outlook = {
      left,
      get planned() {
        return estimate.planned;
      },
    };
    progress = startProgress(outlook, about);
    return progress;
  };
  try {
    if (args.check) {
      const rounds = roundsFor(boundsOf(args.cases));
      if (rounds.places.length === 0) throw new Failure('There is no bound on these cases');
      results.cases.push(...rounds.cases);
      const time = args.minutes * 60;
      // The first round is whole, however long it takes; after it the time is the limit.
      const { begin } = start(() => Math.max(estimate.left() ?? 0, time - seconds()), 'at most');
      await carryOutRounds(rounds, conditions, {
        plan,
        begin,
        onFigures: write,
        isTimeUp: () => seconds() > time - MARGIN_S,
      });
    } else {
      const plans = plansOf(args);
      if (plans.length === 0) throw new Failure('None of these subjects is in these cases; see --list');
      for (const each of plans) plan(each.case.id, runsOf(each));
      const { begin } = start(() => estimate.left(), 'about');
      for (const each of plans) {
        begin(each.case.title);
        const result = { case: each.case.id, points: [] };
        results.cases.push(result);
        await carryOut(each, conditions, result, write);
      }
    }
    results.whole = true;
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  } finally {
    progress?.end();
  }
  write();
  return results;
}
