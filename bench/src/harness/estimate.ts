/** How long the runs that are still to come will take, by those that have been. */

interface Runs {
  planned: number;
  done: number;
  seconds: number;
  /** What one takes, as far as its case says so. */
  each: number | undefined;
}

export class Estimate {
  readonly #cases = new Map<string, Runs>();

  /** So many more runs of a case are to come. `each`: about how long one takes, in seconds, where the case says so. */
  plan(theCase: string, runs: number, each?: number): void {
    const known = this.#of(theCase);
    known.planned += runs;
    known.each = each;
  }

  /** One of them has been. */
  ran(theCase: string, seconds: number): void {
    const runs = this.#of(theCase);
    runs.done++;
    runs.seconds += seconds;
  }

  get planned(): number {
    return this.#sum(({ planned }) => planned);
  }

  /**
   * In seconds; undefined as long as nothing has run. A run of a case that has not begun takes what its case says, or else what
   * those took on average that said nothing either.
   */
  left(): number | undefined {
    if (this.#sum((runs) => runs.done) === 0) return undefined;
    const done = this.#sum((runs) => (runs.each === undefined ? runs.done : 0));
    const usual = done === 0 ? 1 : this.#sum((runs) => (runs.each === undefined ? runs.seconds : 0)) / done;
    return this.#sum((runs) => {
      const each = runs.done > 0 ? runs.seconds / runs.done : (runs.each ?? usual);
      return Math.max(0, runs.planned - runs.done) * each;
    });
  }

  #of(theCase: string): Runs {
    const known = this.#cases.get(theCase) ?? { planned: 0, done: 0, seconds: 0, each: undefined };
    this.#cases.set(theCase, known);
    return known;
  }

  #sum(what: (runs: Runs) => number): number {
    return [...this.#cases.values()].reduce((sum, runs) => sum + what(runs), 0);
  }
}

/** 125 seconds are 2:05. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
