/**
 * `bench --check` measures in rounds: the first has every side of every bound, each further one those about which it
 * cannot be said yet on which side of its bound they are, the closest first, until all are settled or the time is up.
 */
import { caseOf } from '../cases/index.js';
import { type Conditions, runRound } from '../harness/schedule.js';
import type { Case, CaseResult, PointResult } from '../harness/types.js';
import type { Bound, Side } from './bounds.js';
import { closeness, openSides, samePoint, timesAlone } from './judge.js';

/** A point of a case, at which one bound or several compare somebody. */
interface Place {
  readonly case: Case;
  readonly result: PointResult;
  readonly bounds: readonly Bound[];
  /** Nobody is compared here with anybody: all it takes is to run often enough. */
  readonly alone: boolean;
}

export interface Rounds {
  readonly places: readonly Place[];
  readonly cases: CaseResult[];
}

const at = (bound: Bound, { point }: Side) => point ?? bound.point;

/** The places of these bounds, with nothing measured yet. */
export function roundsFor(bounds: readonly Bound[]): Rounds {
  const cases: CaseResult[] = [];
  const places: Place[] = [];
  for (const id of new Set(bounds.map((bound) => bound.case))) {
    const theCase = caseOf(id);
    if (theCase === undefined) throw new Error(`A bound names the case ${id}, which is not there`);
    const points: PointResult[] = [];
    for (const point of theCase.points) {
      const mine = bounds.filter(
        (bound) => bound.case === id && [bound.ours, ...bound.theirs].some((side) => samePoint(at(bound, side), point)),
      );
      if (mine.length === 0) continue;
      const asked = mine.flatMap((bound) =>
        [bound.ours, ...bound.theirs].filter((side) => samePoint(at(bound, side), point)).map(({ subject }) => subject),
      );
      const subjects = Object.keys(theCase.subjects).filter((subject) => asked.includes(subject));
      const result: PointResult = { point, subjects: subjects.map((subject) => ({ subject, runs: [] })) };
      points.push(result);
      places.push({ case: theCase, result, bounds: mine, alone: mine.every(({ theirs }) => theirs.length === 0) });
    }
    cases.push({ case: id, points });
  }
  return { places, cases };
}

/** Whom a place must run once more. */
function openAt({ result, bounds }: Place, cases: readonly CaseResult[]) {
  const open = bounds.flatMap((bound) =>
    openSides(bound, cases)
      .filter((side) => samePoint(at(bound, side), result.point))
      .map(({ subject }) => subject),
  );
  return result.subjects.filter(({ subject, missing }) => missing === undefined && open.includes(subject));
}

export interface Pace {
  /** More runs are to come of this case. */
  plan(theCase: string, runs: number): void;
  begin(title: string): void;
  /** A case has new figures. */
  onFigures(): void;
  isTimeUp(): boolean;
}

export async function carryOutRounds({ places, cases }: Rounds, conditions: Conditions, pace: Pace): Promise<void> {
  for (const place of places) {
    const times = place.alone ? timesAlone(place.case) : 1;
    pace.plan(place.case.id, openAt(place, cases).length * times);
  }
  let theCase: Case | undefined;
  for (const place of places) {
    if (place.case !== theCase) pace.begin(place.case.title);
    theCase = place.case;
    for (let round = 0; round === 0 || place.alone; round++) {
      const these = openAt(place, cases);
      if (these.length === 0) break;
      await runRound(place.case, place.result.point, these, round, conditions);
      pace.onFigures();
    }
  }
  for (let round = 1; ; round++) {
    const open = places.filter((place) => openAt(place, cases).length > 0);
    if (open.length === 0 || pace.isTimeUp()) return;
    pace.begin(`${open.length} of ${places.length} settings are too close to call: round ${round + 1}`);
    for (const place of open) pace.plan(place.case.id, openAt(place, cases).length);
    const close = new Map(
      open.map((place) => [place, Math.min(...place.bounds.map((each) => closeness(each, cases)))]),
    );
    for (const place of open.sort((a, b) => (close.get(a) ?? 0) - (close.get(b) ?? 0))) {
      if (pace.isTimeUp()) return;
      await runRound(place.case, place.result.point, openAt(place, cases), round, conditions);
      pace.onFigures();
    }
  }
}
