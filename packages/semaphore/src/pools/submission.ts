/** What a limit wants of a pool. An adapter says what the pool can do, and submits; `pool-limit.ts` does the rest. */

/** How a run is watched that may be ended. */
export interface Control {
  /** To be called once the task has been handed to a worker. */
  handed(): void;
  /** What to post in place of the handler's arguments; undefined: the arguments as they are. */
  readonly seal: ((args: readonly unknown[]) => unknown) | undefined;
}

/** A task that was given to a pool. */
export interface Submission<R> {
  /** How it ended. */
  readonly result: PromiseLike<R>;
  /** Ends it in the pool's way, in the queue or in the worker. */
  kill(reason: unknown): void;
  /** Tells it to stop, where the adapter does not seal. */
  ask?(reason: unknown): void;
  /** Asked when `result` is heard to reject: resolves when nothing of the task runs any more, as far as the pool tells. */
  ended?(): Promise<unknown>;
  /** When what it takes is free again, where that may come after `result`. */
  readonly released?: Promise<unknown>;
}

export interface Adapter<T, R, O> {
  /** What the pool is called in messages. */
  readonly pool: string;
  /** The pool's own options of a run. Others are refused. */
  readonly options: readonly string[];
  /** Whether a task that has grace is told to stop through `task`, by what is posted; else by `ask`. */
  readonly seals: boolean;
  /** Why the pool, as it is or with these options, cannot honour one of the limit's; completes "The argument x". */
  cannot?(option: 'grace' | 'runTimeout', options: O): string | undefined;
  /** Without `control` nobody will end it. */
  submit(task: T, options: O, control: Control | undefined): Submission<R>;
}

/**
 * A transfer list that tells when it is used: which is when the task is posted to a worker, and not before. The pools pass it to
 * `postMessage` as it is, and that reads its elements. Nothing is transferred but what the caller says, and an empty buffer.
 */
export function tellingList<E>(list: readonly E[] | undefined, used: () => void): E[] {
  const telling: unknown[] = [...(list ?? [])];
  let empty: ArrayBuffer | undefined;
  Object.defineProperty(telling, telling.length, {
    configurable: true,
    enumerable: true,
    get() {
      if (empty === undefined) {
        empty = new ArrayBuffer(0);
        used();
      }
      return empty;
    },
  });
  return telling as E[];
}
