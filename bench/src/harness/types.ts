/** What cases and subjects are made of. */

/** What one process reports: a number for each metric of the case. */
export type Figures = Record<string, number>;

/** One setting of a case's parameters: 4 workers with sections of 10 us, for instance. */
export type Point = Readonly<Record<string, number>>;

export interface Metric {
  readonly unit: 'ns' | 'us' | 'ms' | 'ops/s' | 'MB' | 'bytes' | '%' | 'count' | 'x';
  readonly title: string;
  readonly better: 'less' | 'more';
  /** A time that is used up, not one that passes: more and less of it, where others are slower and faster. */
  readonly cost?: boolean;
}

/** How a subject does a case: in a Node process of its own, in the program of the C floor, or why it cannot. */
export type Way =
  | { readonly run: (point: Point) => Promise<Figures> }
  | { readonly floor: (point: Point) => readonly string[] }
  | { readonly cannot: string };

export interface Entry {
  readonly way: Way;
  /** The Node that has what the subject needs; any of ours without. */
  readonly since?: readonly [major: number, minor: number];
  /** Of its process, beside what that inherits. */
  readonly env?: Readonly<Record<string, string>>;
  /** What the machine lacks for it, and how to get it; undefined when nothing. */
  readonly needs?: () => Promise<string | undefined>;
  /** Only these points: a subject that takes a minute for the largest queue is not asked for it. */
  readonly at?: (point: Point) => boolean;
  /** False: not with --quick. */
  readonly quick?: boolean;
  /** No more rounds than this: one that takes seconds must not take the time of all the others. */
  readonly rounds?: number;
}

/** What takes the place of a figure where a subject has no way to do a case. */
export const cannot = (why: string): Entry => ({ way: { cannot: why } });

export interface Case {
  readonly id: string;
  readonly title: string;
  /** What it measures, and what it cannot say. */
  readonly about: string;
  readonly points: readonly Point[];
  readonly quickPoints?: readonly Point[];
  readonly rounds?: number;
  readonly quickRounds?: number;
  /** With --check; as many as without when it does not say. */
  readonly checkRounds?: number;
  /** False: what the machine does besides changes nothing, and no run is thrown away for it. */
  readonly timed?: boolean;
  /** The first is the one that the table leads with. */
  readonly metrics: Readonly<Record<string, Metric>>;
  /** The metrics that have a chart; the first of all when it does not say. */
  readonly drawn?: readonly string[];
  readonly subjects: Readonly<Record<string, Entry>>;
  /** After this many milliseconds a process is stuck: it is killed, and the figure is missing. */
  readonly deadline?: number;
  /** About how long a run takes, where that is far from the usual second: for the line of progress, until one has been. */
  readonly seconds?: number;
  /** False: not with --quick, unless it is asked for by name. */
  readonly quick?: boolean;
}

/** What disturbed the machine while a process ran. */
export interface Disturbance {
  /** Cores that other processes kept busy, on average. */
  readonly others: number;
  /** Share of the machine's time that the hypervisor gave to somebody else. */
  readonly steal: number;
}

export interface Run extends Disturbance {
  readonly round: number;
  readonly figures: Figures;
}

export interface SubjectResult {
  readonly subject: string;
  readonly runs: Run[];
  /** Why there is no figure: it cannot do this, it needs a newer Node, it got stuck, it failed. */
  missing?: string;
}

export interface PointResult {
  readonly point: Point;
  readonly subjects: SubjectResult[];
}

export interface CaseResult {
  readonly case: string;
  readonly points: PointResult[];
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly os: string;
  readonly libc: string;
}

/** A file in bench/results/. */
export interface Results {
  readonly date: string;
  readonly node: string;
  readonly v8: string;
  readonly machine: Machine;
  readonly quick: boolean;
  /** False: it was stopped, or is not over; what there is until then. */
  whole: boolean;
  /** How many runs were thrown away since the machine was disturbed, and how many had to be kept all the same. */
  readonly disturbed: { discarded: number; kept: number; runs: number; planned: number };
  seconds: number;
  readonly cases: CaseResult[];
}
