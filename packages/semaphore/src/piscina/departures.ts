import process from 'node:process';
import type { Worker } from 'node:worker_threads';
import type { Piscina } from 'piscina';

/** What is used of the argument of Piscina's event 'workerDestroy'. */
interface WorkerInfo {
  readonly id: number;
}

type Watched = Pick<Piscina, 'on' | 'threads'>;

const { nextTick } = process;
const departures = new WeakMap<object, Departures>();

/**
 * The workers that a pool has dismissed and that still run.
 *
 * Piscina rejects a task's promise, forgets the worker and terminates it, in this order and within one turn of the
 * loop; the worker goes on until the termination reaches it. A permit given back before that would let one more in:
 *
 *   this thread                        the worker              another thread
 *   abort: promise rejected            inside
 *          terminate() begins          inside
 *   permit given back too early        inside                  takes the permit: one too many
 *          its 'exit' event            gone
 *   permit given back                                          takes the permit
 */
export class Departures {
  /** Those that were dismissed in this turn: until all microtasks have run, by which promises are heard to reject. */
  readonly #dismissed = new Set<Promise<unknown>>();

  /** One for a pool, however many limits it has. */
  static of(pool: Watched): Departures {
    let found = departures.get(pool);
    if (found === undefined) {
      found = new Departures(pool);
      departures.set(pool, found);
    }
    return found;
  }

  private constructor(pool: Watched) {
    // Emitted while the worker is still in `threads`, before any promise it concerns is heard to reject.
    pool.on('workerDestroy', ({ id }: WorkerInfo) => {
      const worker = pool.threads.find((each) => each.threadId === id);
      // A worker that has exited is -1.
      if (worker !== undefined && id !== -1) this.#add(worker);
    });
  }

  /**
   * When those are gone that were dismissed along with a task whose promise is just heard to reject. Which of them ran it
   * Piscina does not tell; workers that were dismissed earlier have nothing to do with it, nor has any with a task that
   * failed by itself.
   */
  async ended(): Promise<void> {
    await Promise.all(this.#dismissed);
  }

  #add(worker: Worker): void {
    // Piscina has begun it already; this is how to hear of its end even when that comes first. It keeps the loop alive.
    const gone = worker.terminate();
    this.#dismissed.add(gone);
    // A tick that a microtask schedules runs when there are no more microtasks.
    void Promise.resolve().then(() => nextTick(() => this.#dismissed.delete(gone)));
  }
}
