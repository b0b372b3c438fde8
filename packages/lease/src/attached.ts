/** A lease of another thread, in a thread that has attached to it, and that may go on with it when the other has ended. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BroadcastChannel } from 'node:worker_threads';
import { InvalidHandleError, Mutex, type MutexGuard, Semaphore } from '@eventfd/semaphore';
import { type EngineSource, type PostedSource, postedOf } from './engine.js';
import { LeaseClosedError } from './errors.js';
import { type Host, hostOfThread, newNumber, numberOfEngine } from './keeper/host.js';
import { HELLO, type News, type Open } from './keeper/messages.js';
import { type LeaseHandle, LeaseView } from './view.js';

/** Between tries to go on with a lease whose engine cannot be reached. */
const RETRY_MS = 500;

/** What this thread has when it goes on with the lease. */
interface Kept {
  readonly guard: MutexGuard;
  readonly host: Host;
  readonly number: number;
}

function requireHandle(posted: unknown): LeaseHandle {
  const handle: unknown = Object(posted).handle ?? posted;
  const { kind, terms, news } = Object(handle) as Partial<LeaseHandle>;
  if (kind === 'Lease' && terms !== undefined && news !== undefined) return handle as LeaseHandle;
  throw new InvalidHandleError('Expected a Lease or what its handle was posted as');
}

/** A lease that another thread made. Made by `Lease.from`. */
export class AttachedLease extends LeaseView {
  readonly #handle: LeaseHandle;
  readonly #keeping: Mutex;
  readonly #channel: BroadcastChannel;
  readonly #leaving = new AbortController();
  #kept: Kept | undefined;
  #standsBy = false;
  /** Until it has gone on with the lease, or will not. */
  #going: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  /** @internal */
  constructor(posted: LeaseHandle | { handle: LeaseHandle }, engine: EngineSource | undefined) {
    const handle = requireHandle(posted);
    super(Semaphore.from(handle.semaphore), handle.terms.name);
    this.#handle = handle;
    this.#keeping = Mutex.from(handle.keeping);
    this.hear(handle.news);
    this.#channel = new BroadcastChannel(handle.channel);
    this.#channel.onmessage = (message) => {
      const { data } = message as { data: News | typeof HELLO };
      if (data !== HELLO) this.hear(data);
    };
    this.#channel.unref();
    this.#channel.postMessage(HELLO);
    if (engine !== undefined) this.#standBy(postedOf(engine) as PostedSource, numberOfEngine(engine));
  }

  /** What to post to another thread, for `Lease.from`. */
  get handle(): LeaseHandle {
    return { ...this.#handle, news: this.news };
  }

  /**
   * This thread has done with the lease, and stands by no more. The lease goes on; but if it was this thread that renewed it, and no
   * other stands by, it ends for all, as by `close` of the Lease.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** The same, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#leaving.abort();
    this.#channel.close();
    await this.#going;
    const kept = this.#kept;
    if (kept === undefined) return this.#endUnlessKept();
    this.#kept = undefined;
    const { host, number, guard } = kept;
    const last = this.#keeping.waiting === 0;
    if (last) {
      this.#keeping.close();
      this.semaphore.close();
    }
    await host.call(last ? { close: number } : { drop: number }).catch(() => {}); // the keeper has ended
    guard.unlock();
    if (last) this.endWith(this.#closedError());
    host.forget(number);
  }

  /** It may have been this thread's turn, and it left before it heard so. */
  #endUnlessKept(): void {
    if (!this.#standsBy || this.#keeping.closed) return;
    const guard = this.#keeping.tryLock();
    if (guard === undefined) return; // somebody renews it
    if (this.#keeping.waiting === 0) {
      this.#keeping.close();
      this.semaphore.close();
      this.endWith(this.#closedError());
    }
    guard.unlock();
  }

  #closedError(): LeaseClosedError {
    return new LeaseClosedError(`The lease ${JSON.stringify(this.name)} is closed`);
  }

  #standBy(source: PostedSource, engine: number): void {
    this.#standsBy = true;
    this.#going = this.#keeping.lock({ signal: this.#leaving.signal, ref: false }).then(
      (guard) => this.#goOn(guard, source, engine),
      () => {}, // it is closed, or this thread has left
    );
  }

  /** The thread that renewed it has ended. */
  async #goOn(guard: MutexGuard, { module, options }: PostedSource, engine: number): Promise<void> {
    const { terms, semaphore, bell, channel } = this.#handle;
    this.#channel.close(); // from now on its own keeper tells it
    while (!this.#leaving.signal.aborted) {
      const [host, number] = [hostOfThread(), newNumber()];
      const predecessor = this.news;
      const request: Open = {
        open: number,
        terms: { ...terms, permits: predecessor.permits },
        semaphore,
        bell,
        engine,
        source: { module, options },
        channel,
        predecessor,
      };
      try {
        await host.open(number, request, {
          onNews: (news) => this.hear(news),
          onEnd: (why) => this.#onEnd(why),
        });
        this.#kept = { guard, host, number };
        return;
      } catch {
        // Nothing is granted meanwhile, and what was leased runs out.
        await sleep(RETRY_MS, undefined, { ref: false, signal: this.#leaving.signal }).catch(() => {});
      }
    }
    guard.unlock();
  }

  #onEnd(why: Error): void {
    this.#kept = undefined;
    this.#keeping.close();
    this.semaphore.close();
    this.endWith(why);
    this.emit('state', 'lost', why);
  }
}
