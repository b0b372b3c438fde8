/** A shared object as the tests that kill at points see it. */
export interface Subject extends Disposable {
  readonly handle: { readonly kind: string; readonly cell: number };
  readonly name: string | undefined;
  readonly waiting: number;
  readonly closed: boolean;
  close(): void;
}

/** What passing gives, where it gives something; `leave` takes it. */
export type Pass = { readonly abandoned?: boolean } | undefined;

export interface Waiting {
  timeout?: number;
  signal?: AbortSignal;
}

export interface SubjectClass {
  /** Made so that nobody holds it: a lock is free, a gate is shut. */
  make(name?: string): Subject;
  from(posted: unknown): Subject;
  /** Makes whoever comes wait; the argument of `open`. */
  shut(subject: Subject): Pass;
  /** Lets the first in the queue pass. */
  open(subject: Subject, shut: Pass): void;
  pass(subject: Subject, options?: Waiting): Promise<Pass>;
  passSync(subject: Subject, options?: Waiting): Pass;
  leave(subject: Subject, passed: Pass): void;
  /** What it looks like when nobody holds it, nobody waits, and nothing is left to take. */
  state(subject: Subject): unknown;
  /** Whether a ledger says who holds it. */
  readonly owned: boolean;
  /** Whether the next to pass is told of an owner's death. */
  readonly tells: boolean;
  /** How many wait for one to open it: 2 for the barrier of 3. */
  readonly crowd: number;
  /** Passing through leaves it open. */
  readonly staysOpen: boolean;
}

export const subjects: Readonly<Record<string, SubjectClass>>;
