/**
 * What a thread is terminated in the midst of, class by class. In each, one thread that is blocked and one with a promise
 * (the survivors) wait, and both must be served, whatever the victim was doing; then nothing may be missing.
 *
 *     holder     takes, keeps, gives back; dies anywhere, often with it in its hands
 *     waiter     stands in the queue before the survivors, and dies while it is being served; "blind" when its thread
 *                is blocked elsewhere: it can never see a grant, so not one of them may end with it
 *     notifier   posts and takes
 *     party      of a barrier, whose death breaks it for the others
 */
import { Barrier, Condition, Mutex, Signal } from '@eventfd/semaphore';
import { until } from './deadline.mjs';
import { lockOf } from './lock-of.mjs';

const SURVIVORS = 2;

/** The victim queues, as often as `queued` tells once it is not 0; then the survivors, behind it. */
async function lineUp(play, object, queued) {
  await play.begin();
  await until('the victim to queue', () => queued() > 0 && object.waiting === queued());
  play.survivorsWait();
  await until('the survivors to queue', () => object.waiting === queued() + SURVIVORS);
}

class LockScenario {
  roles = ['holder', 'waiter'];
  #adapter;

  constructor(kind) {
    this.kind = kind;
    this.#adapter = lockOf(kind);
    this.object = this.#adapter.make(kind);
  }

  async holder(play) {
    await play.begin();
    play.survivorsWait();
    await play.moment();
    await play.terminate();
  }

  async waiter(play) {
    const { object } = this;
    const hold = this.#adapter.tryAcquire(object, this.#adapter.limit);
    await lineUp(play, object, () => play.books.at('COUNTED'));
    await play.terminateAround(() => this.#adapter.release(hold));
  }

  /** Permits that are missing, or too many. */
  lost() {
    return Math.abs(this.#adapter.limit - this.#adapter.free(this.object)) + this.object.waiting;
  }
}

class ConditionScenario {
  kind = 'Condition';
  roles = ['holder', 'waiter', 'blind waiter'];
  object = new Condition(new Mutex({ name: 'mutex of the condition' }), { name: 'Condition' });

  async holder(play) {
    const { object } = this;
    play.survivorsWait();
    await until('the survivors to wait', () => object.waiting === SURVIVORS);
    await play.begin();
    await play.moment();
    await play.terminate();
    // Who was not notified waits for nobody who died: that is for this thread to do.
    if (object.waiting > 0) play.isFor(object.notifyAll());
  }

  /** One notification for each of three, so that it does not matter whether the victim has seen its own. */
  waiter(play) {
    return this.#waiter(play, SURVIVORS + 1);
  }

  /** Two for three: the victim's is passed on. */
  'blind waiter'(play) {
    play.books.set('STOP', 1);
    return this.#waiter(play, SURVIVORS);
  }

  async #waiter(play, notifications) {
    const { object } = this;
    await lineUp(play, object, () => 1);
    await play.terminateAround(() => object.notify(notifications));
  }

  lost() {
    const { mutex, waiting } = this.object;
    return Number(mutex.locked) + mutex.waiting + waiting;
  }
}

class SignalScenario {
  kind = 'Signal';
  roles = ['notifier', 'waiter', 'blind waiter'];
  object = new Signal(0, { name: 'Signal' });

  async notifier(play) {
    const { object } = this;
    play.survivorsWait();
    await until('the survivors to wait', () => object.waiting === SURVIVORS);
    await play.begin();
    await play.moment();
    await play.terminate();
    // What was posted reaches who waits, though the victim may have died on the way to them.
    await until('posts and waiters to meet', () => object.count === 0 || object.waiting === 0);
    const { waiting } = object;
    if (waiting > 0) this.#post(play, waiting);
    play.isFor(waiting);
  }

  waiter(play) {
    return this.#waiter(play, SURVIVORS + 1);
  }

  'blind waiter'(play) {
    play.books.set('STOP', 1);
    return this.#waiter(play, SURVIVORS);
  }

  async #waiter(play, posts) {
    const { object } = this;
    await lineUp(play, object, () => 1);
    await play.terminateAround(() => this.#post(play, posts));
  }

  #post(play, count) {
    play.books.add('POSTED', count);
    this.object.post(count);
  }

  /** Posts that are missing, or too many, beyond what the victim cannot have entered. Takes what is left. */
  lost({ books }) {
    let left = 0;
    while (this.object.tryWait()) left++;
    const missing = books.at('POSTED') - books.at('TAKEN') - SURVIVORS - left;
    const bound = missing > 0 ? books.strike(0, 'TAKING') : books.strike(0, 'POSTING');
    return Math.max(0, Math.abs(missing) - bound) + this.object.waiting;
  }
}

class BarrierScenario {
  kind = 'Barrier';
  roles = ['party'];
  object = new Barrier(1 + SURVIVORS, { name: 'Barrier' });

  async party(play) {
    play.survivorsWait();
    await play.begin();
    await until('a round', () => play.books.at('TAKEN') > 0);
    await play.moment();
    await play.terminate();
  }

  /** Makes it whole for the next. */
  lost() {
    const lost = Number(!this.object.broken) + this.object.waiting;
    this.object.reset();
    return lost;
  }
}

export const makeScenarios = () => [
  ...['Semaphore', 'Mutex', 'RwLock'].map((kind) => new LockScenario(kind)),
  new ConditionScenario(),
  new SignalScenario(),
  new BarrierScenario(),
];
