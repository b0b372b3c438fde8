/** Which process runs when: the subjects of a point in turns, A B A B, so that what drifts drifts for all of them. */
import { isDisturbed } from './disturbance.js';
import { type Programs, runOnce } from './spawn.js';
import type { Case, CaseResult, Point, SubjectResult } from './types.js';

const ROUNDS = 5;
const CHECK_ROUNDS = 7;
const QUICK_ROUNDS = 2;
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
  planned: number;
}

/** Under which everything is run. */
export interface Conditions {
  readonly programs: Programs;
  readonly tally: Tally;
  /** Aborted: what runs is killed, and Stopped is thrown. */
  readonly signal?: AbortSignal;
  /** After each run that was planned, also one that was left out since the one before had failed. */
  onRun(theCase: string, subject: string, seconds: number): void;
}

/** @param into filled while it runs: when it is stopped, what there was is in it */
export async function carryOut(
  plan: Plan,
  conditions: Conditions,
  into: CaseResult,
  onPoint: () => void = () => {},
): Promise<void> {
  for (const point of plan.points) {
    const subjects: SubjectResult[] = plan.subjects
      .filter((subject) => isAsked(plan, subject, point))
      .map((subject) => ({ subject, runs: [] }));
    into.points.push({ point, subjects });
    for (let round = 0; round < plan.rounds; round++) {
      const these = subjects.filter(({ subject }) => round < roundsOf(plan, subject));
      await runRound(plan.case, point, these, round, conditions);
    }
    onPoint();
  }
}

/** Each of them once: every other round backwards, so that nobody always follows the same one. */
export async function runRound(
  theCase: Case,
  point: Point,
  these: readonly SubjectResult[],
  round: number,
  conditions: Conditions,
): Promise<void> {
  for (const result of round % 2 === 0 ? these : [...these].reverse()) {
    const began = performance.now();
    if (result.missing === undefined) await add(theCase, conditions, point, round, result);
    const seconds = (performance.now() - began) / 1000;
    if (canRun(theCase, result.subject)) conditions.onRun(theCase.id, result.subject, seconds);
  }
}

async function add(
  theCase: Case,
  { programs, tally, signal }: Conditions,
  point: Point,
  round: number,
  result: SubjectResult,
): Promise<void> {
  for (let again = 0; ; again++) {
    const outcome = await runOnce(programs, theCase, result.subject, point, signal);
    if ('missing' in outcome) {
      result.missing = outcome.missing;
      return;
    }
    tally.runs++;
    const disturbed = theCase.timed !== false && isDisturbed(outcome);
    if (disturbed && again < AGAIN && tally.discarded < MOST_DISCARDED * tally.planned) {
      tally.discarded++;
      continue;
    }
    if (disturbed) tally.kept++;
    result.runs.push({ round, ...outcome });
    return;
  }
}
