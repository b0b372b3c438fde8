/** Tells of one lease: the thread that asked for it, and whoever has attached to it. */
import { BroadcastChannel, parentPort } from 'node:worker_threads';
import { SharedAbortController } from '@eventfd/semaphore';
import { LeaseAtRiskError } from '../errors.js';
import type { Told } from './keeper.js';
import { errorOf, type FromKeeper, failureOf, HELLO, type News, type Open } from './messages.js';

/** A reason is a message and what the engine last said. */
const REASON_BYTES = 2048;

export class Teller {
  readonly #lease: number;
  readonly #name: string;
  readonly #member: string;
  readonly #secrets: readonly string[];
  readonly #channel: BroadcastChannel;
  #abort: SharedAbortController;
  /** Aborted, the one before: every thread has had the time since to hear of it. */
  #before: SharedAbortController | undefined;
  #epoch: number;
  #last: News | undefined;

  constructor({ open, terms, channel, predecessor }: Open, member: string, secrets: readonly string[]) {
    this.#lease = open;
    this.#name = terms.name;
    this.#member = member;
    this.#secrets = secrets;
    // Signals that were given out before are to be heard of still.
    this.#abort =
      predecessor === undefined
        ? new SharedAbortController({ reasonBytes: REASON_BYTES })
        : SharedAbortController.from(predecessor.abort);
    this.#epoch = predecessor?.epoch ?? 0;
    this.#channel = new BroadcastChannel(channel);
    this.#channel.onmessage = (message) => {
      if ((message as { data: unknown }).data === HELLO && this.#last !== undefined)
        this.#channel.postMessage(this.#last);
    };
  }

  tell(told: Told, reason: unknown): void {
    const why = reason === undefined ? undefined : failureOf(reason, this.#secrets);
    if (told.state !== 'live') {
      const message = `The lease ${JSON.stringify(this.#name)} is ${told.state}: its engine was not heard of in time`;
      this.#abort.abort(new LeaseAtRiskError(message, why === undefined ? {} : { cause: errorOf(why) }));
    } else if (this.#abort.aborted) {
      this.#before?.[Symbol.dispose]();
      this.#before = this.#abort;
      this.#abort = new SharedAbortController({ reasonBytes: REASON_BYTES });
      this.#epoch++;
    }
    const abort = this.#abort.handle;
    this.#last = { ...told, member: this.#member, epoch: this.#epoch, abort, why };
    parentPort?.postMessage({ lease: this.#lease, news: this.#last } satisfies FromKeeper);
    this.#channel.postMessage(this.#last);
  }

  end(): void {
    this.#channel.close();
    this.#before?.[Symbol.dispose]();
  }

  /** Nobody has heard of it, or everybody that it has ended. */
  forget(): void {
    this.#abort[Symbol.dispose]();
  }
}
