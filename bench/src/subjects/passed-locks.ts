/** A hand-off between two threads by what has nothing to wake another with but a lock: the lock itself goes over. */
import { webLocks as manager } from './lock.js';
import type { AsyncWay, Ways } from './signals.js';

type LetGo = () => void;

/**
 * Three locks, by mutual exclusion alone. Whoever has the turn holds its lock and that of the next turn; the other holds
 * the one of the turn after. To hand over is to let go of the next turn's lock, to wait is to take that of one's own.
 *
 *     turn       0      1      2      3
 *     of         here   there  here   there
 *     its lock   0      1      2      0
 */
class Relay implements AsyncWay {
  readonly #take: (lock: number) => Promise<LetGo>;
  readonly #held: LetGo[] = [];
  #turn: number;

  constructor(take: (lock: number) => Promise<LetGo>, turn: number) {
    this.#take = take;
    this.#turn = turn;
  }

  async hold(lock: number): Promise<void> {
    this.#held[lock] = await this.#take(lock);
  }

  post(): void {
    this.#held[(this.#turn + 1) % 3]?.();
  }

  async wait(): Promise<void> {
    this.#turn += 2;
    await this.hold(this.#turn % 3);
  }
}

export async function webLocks(): Promise<Ways<AsyncWay>> {
  const take = (lock: number) =>
    new Promise<LetGo>((held) => {
      void manager().request(`bench ${lock}`, () => new Promise<void>((letGo) => held(letGo)));
    });
  let there: Relay | undefined;
  return {
    open: async () => {
      const here = new Relay(take, 0);
      await here.hold(0);
      await here.hold(1);
      return { here: [here, here], there: [undefined, undefined] };
    },
    attach: async () => {
      if (there === undefined) {
        there = new Relay(take, -1);
        await there.hold(2);
      }
      return there;
    },
  };
}

/**
 * One lock that serves in order: whoever has it asks for it again, behind the other, before it lets go. For mortice, which
 * knows one lock on a worker: all that are made there are the first.
 */
class Turns implements AsyncWay {
  readonly #take: () => Promise<LetGo>;
  #next: Promise<LetGo>;
  #letGo: LetGo = () => {};

  constructor(take: () => Promise<LetGo>) {
    this.#take = take;
    this.#next = take();
  }

  post(): void {
    this.#next = this.#take();
    this.#letGo();
  }

  async wait(): Promise<void> {
    this.#letGo = await this.#next;
  }
}

export async function mortice(): Promise<Ways<AsyncWay>> {
  const { default: create } = await import('mortice');
  const lock = create({ name: 'bench' });
  const take = () => lock.writeLock();
  let there: Turns | undefined;
  return {
    open: async () => {
      const here = new Turns(take);
      await here.wait();
      return { here: [here, here], there: [undefined, undefined] };
    },
    attach: async () => {
      there ??= new Turns(take);
      return there;
    },
    // The other's request must have arrived before this thread asks again.
    begin: async () => {
      while (lock.queue?.size === 0) await new Promise(setImmediate);
    },
  };
}
