/** Which process runs when: the subjects of a point in turns, A B A B, so that what drifts drifts for all of them. */
import { isDisturbed } from './disturbance.js';
import { type Programs, runOnce } from './spawn.js';
import type { Case, CaseResult, Point, PointResult, SubjectResult } from './types.js';

const ROUNDS = 5;
const CHECK_ROUNDS = 7;
const QUICK_ROUNDS = 3;
/** A disturbed run is done again at once, so that it stays in its round, this often; then the last one is kept. */
const AGAIN = 2;
/** On a machine that is never quiet: no more than this share of all runs is thrown away. */
const MOST_DISCARDED = 0.3;

export interface Plan {
  readonly case: Case;
  readonly subjects: readonly string[];
  readonly points: readonly Point[];
  readonly rounds: number;
}

interface Extent {
  readonly quick: boolean;
  /** A verdict is to come of it, which is worth more rounds. */
  readonly check: boolean;
}

export function planOf(theCase: Case, subjects: readonly string[], { quick, check }: Extent): Plan {
  const { rounds, quickRounds, checkRounds } = theCase;
  const whole = check ? (checkRounds ?? rounds ?? CHECK_ROUNDS) : (rounds ?? ROUNDS);
  return {
    case: theCase,
    subjects,
    points: quick ? (theCase.quickPoints ?? theCase.points) : theCase.points,
    rounds: quick ? (quickRounds ?? QUICK_ROUNDS) : whole,
  };
}

function isAsked(plan: Plan, subject: string, point: Point): boolean {
  return plan.case.subjects[subject]?.at?.(point) ?? true;
}

function roundsOf(plan: Plan, subject: string): number {
  return Math.min(plan.rounds, plan.case.subjects[subject]?.rounds ?? plan.rounds);
}

/** False: there is nothing to run, only to say why. */
export function canRun(theCase: Case, subject: string): boolean {
  const way = theCase.subjects[subject]?.way;
  return way !== undefined && !('cannot' in way);
}

export function runsOf(plan: Plan): number {
  const runnable = plan.subjects.filter((subject) => canRun(plan.case, subject));
  const pairs = plan.points.flatMap((point) => runnable.filter((subject) => isAsked(plan, subject, point)));
  return pairs.reduce((sum, subject) => sum + roundsOf(plan, subject), 0);
}

export interface Tally {
  discarded: number;
  kept: number;
  runs: number;
  readonly planned: number;
}

export async function carryOut(
  plan: Plan,
  programs: Programs,
  tally: Tally,
  onRun: (what: string) => void,
): Promise<CaseResult> {
  const points: PointResult[] = [];
  for (const point of plan.points) {
    const subjects: SubjectResult[] = plan.subjects
      .filter((subject) => isAsked(plan, subject, point))
      .map((subject) => ({ subject, runs: [] }));
    for (let round = 0; round < plan.rounds; round++) {
      // Every other round backwards, so that nobody always follows the same one.
      const these = subjects.filter(({ subject }) => round < roundsOf(plan, subject));
      for (const result of round % 2 === 0 ? these : these.reverse()) {
        if (result.missing === undefined) await add(plan, programs, tally, point, round, result);
        if (canRun(plan.case, result.subject)) onRun(`${plan.case.id} ${result.subject}`);
      }
    }
    points.push({ point, subjects });
  }
  return { case: plan.case.id, points };
}

async function add(plan: Plan, programs: Programs, tally: Tally, point: Point, round: number, result: SubjectResult) {
  for (let again = 0; ; again++) {
    const outcome = await runOnce(programs, plan.case, result.subject, point);
    if ('missing' in outcome) {
      result.missing = outcome.missing;
      return;
    }
    tally.runs++;
    const disturbed = plan.case.timed !== false && isDisturbed(outcome);
    if (disturbed && again < AGAIN && tally.discarded < MOST_DISCARDED * tally.planned) {
      tally.discarded++;
      continue;
    }
    if (disturbed) tally.kept++;
    result.runs.push({ round, ...outcome });
    return;
  }
}
