import { type Cancellable, cancelWhen } from 'eventfd/internal';

/** A count, and who waits for it to fall below a mark. */
export class Marks {
  #count = 0;
  readonly #watchers = new Set<{ mark: number; reached: () => void }>();

  get count(): number {
    return this.#count;
  }

  add(change: 1 | -1): void {
    this.#count += change;
    // Deleting the entry that is visited is allowed while a Set is walked.
    for (const watcher of this.#watchers) {
      if (this.#count < watcher.mark) watcher.reached();
    }
  }

  /** Resolves when the count is below the mark; rejects with the signal's reason. */
  below(mark: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#count < mark) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        this.#watchers.delete(watcher);
        forget?.();
        settle();
      };
      const watcher = { mark, reached: () => end(resolve) };
      const wait: Cancellable = { onAbort: (reason) => end(() => reject(reason)), onTimeout: () => {} };
      let forget: (() => void) | undefined;
      this.#watchers.add(watcher);
      try {
        forget = cancelWhen(signal, Number.POSITIVE_INFINITY, wait);
      } catch (error) {
        wait.onAbort(error);
      }
    });
  }
}
