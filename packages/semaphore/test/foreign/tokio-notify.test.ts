/**
 * The rules of tokio's own tests for tokio::sync::Notify, in tests of our own, for an Event with `autoReset`: it too keeps one
 * notification at most. (Signal keeps as many as were posted.)
 *
 * Source: tokio-rs/tokio (1.53.1), tokio/tests/sync_notify.rs and sync_notify_owned.rs at ea91b33ca57f, under MIT. Their rules
 * were read, no text was taken. What is owned there (`notified_owned`) has the same rules.
 *
 * `notify_one` is `set` here, `notified` is `wait`, a future that is dropped is a wait that is aborted. A future there
 * begins with its first poll; a wait here, with the call.
 *
 * | there | here |
 * |---|---|
 * | notify_notified_one, test_notify_one_not_enabled | a notification that came first is kept, once |
 * | notify_notified_multi | what was kept goes to the first that comes, the next waits for the next |
 * | notified_one_notify, test_poll_after_enable, test_notify_one_after_enable | a wait goes on when it is notified, not before |
 * | notify_multi_notified_one, notified_multi_notify | of two that wait, the first goes on |
 * | notify_multi_notified_last, notified_multi_notify_last_drop | there is no notify_last: the queue is first in, first out |
 * | notified_drop_notified_notify | a wait that was aborted is passed over |
 * | notified_multi_notify_drop_one, notified_multi_notify_one_drop | one that was notified, and is aborted before it saw that, passes it on |
 * | notify_one_after_dropped_all | with nobody to pass it on to, it is kept |
 * | notify_in_drop_after_wake | notifying while a wait ends, or is woken, does not hang |
 * | test_enable_after_poll, test_enable_consumes_permit | a wait stands in the queue from the call on, and takes what was kept at once |
 * | test_waker_update | a matter of Rust's wakers |
 * | unpolled_future_completed_by_notify_waiters_preserves_notify_one_permit | there is no notify_waiters. Of what comes near it, `set` and `reset` of an Event without autoReset and notifyAll of a Condition, neither keeps anything for later |
 */
import { Condition, Event, Mutex } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { within } from '../support/deadline.js';
import { isPending } from '../support/pending.js';

/** A wait that can be given up. */
function begin(event: Event) {
  const abort = new AbortController();
  const done = event.wait({ signal: abort.signal });
  const outcome = done.then(
    () => 'notified',
    (reason: unknown) => reason,
  );
  return { outcome, drop: () => abort.abort('dropped') };
}

function make() {
  const event = new Event({ autoReset: true });
  return { event, waits: Array.from({ length: 3 }, () => begin(event)) as [Begun, Begun, Begun] };
}
type Begun = ReturnType<typeof begin>;

const outcomeOf = ({ outcome }: Begun) => within('the wait', outcome);
const waits = ({ outcome }: Begun) => isPending(outcome);

test('a notification that came first is kept, once', async () => {
  const event = new Event({ autoReset: true });
  event.set();
  event.set();
  await within('the wait', event.wait(), event);
  expect(event.isSet).toBe(false);
  expect(await waits(begin(event))).toBe(true);
});

test('what was kept goes to the first that comes, the next waits for the next', async () => {
  const event = new Event({ autoReset: true });
  event.set();
  const [first, second] = [begin(event), begin(event)];
  expect(await outcomeOf(first)).toBe('notified');
  expect(await waits(second)).toBe(true);
  event.set();
  expect(await outcomeOf(second)).toBe('notified');
});

test('a wait goes on when it is notified, not before', async () => {
  const event = new Event({ autoReset: true });
  const wait = begin(event);
  expect(await waits(wait)).toBe(true);
  event.set();
  expect(await outcomeOf(wait)).toBe('notified');
  expect(event.isSet).toBe(false);
});

test('those that wait go on in their order, one for each notification', async () => {
  const { event, waits: queue } = make();
  for (const [i, wait] of queue.entries()) {
    event.set();
    expect(await outcomeOf(wait)).toBe('notified');
    for (const later of queue.slice(i + 1)) expect(await waits(later)).toBe(true);
  }
  expect(event.isSet).toBe(false);
});

describe('a wait that is aborted', () => {
  test('is passed over', async () => {
    const {
      event,
      waits: [first, second, third],
    } = make();
    first.drop();
    event.set();
    expect([await outcomeOf(first), await outcomeOf(second)]).toEqual(['dropped', 'notified']);
    expect(await waits(third)).toBe(true);
  });

  test('before it saw that it was notified passes it on', async () => {
    const {
      event,
      waits: [first, second, third],
    } = make();
    event.set();
    first.drop();
    expect([await outcomeOf(first), await outcomeOf(second)]).toEqual(['dropped', 'notified']);
    expect(await waits(third)).toBe(true);
    expect([event.isSet, event.waiting]).toEqual([false, 1]);
  });

  test('with nobody to pass it on to, leaves it for later', async () => {
    const event = new Event({ autoReset: true });
    const wait = begin(event);
    event.set();
    wait.drop();
    expect(await outcomeOf(wait)).toBe('dropped');
    expect(event.isSet).toBe(true);
    await within('the next', event.wait(), event);
    expect(event.isSet).toBe(false);
  });
});

describe('notifying does not hang', () => {
  test('while a wait is aborted', async () => {
    const event = new Event({ autoReset: true });
    const abort = new AbortController();
    // Before the wait's own listener, and after it.
    abort.signal.addEventListener('abort', () => event.set());
    const aborted = event.wait({ signal: abort.signal });
    abort.signal.addEventListener('abort', () => event.set());
    const next = begin(event);
    abort.abort('dropped');
    await expect(aborted).rejects.toBe('dropped');
    expect(await outcomeOf(next)).toBe('notified');
    event.reset();
    expect(await waits(begin(event))).toBe(true);
  });

  test('as soon as one was woken', async () => {
    const { event, waits: queue } = make();
    for (const wait of queue) wait.outcome.then(() => event.set());
    event.set();
    expect(await Promise.all(queue.map(outcomeOf))).toEqual(['notified', 'notified', 'notified']);
    expect(event.isSet).toBe(true);
  });
});

test('a wait stands in the queue from the call on, and takes what was kept at once', async () => {
  const event = new Event({ autoReset: true });
  event.set();
  const first = event.wait();
  expect([event.isSet, event.waiting]).toEqual([false, 0]);
  const second = begin(event);
  expect(event.waiting).toBe(1);
  await within('the first', first, event);
  expect(await waits(second)).toBe(true);
  expect(event.waiting).toBe(1);
});

describe('what wakes all keeps nothing for later', () => {
  test('set and reset of an Event', async () => {
    const event = new Event();
    const both = [begin(event), begin(event)];
    event.set();
    event.reset();
    const later = begin(event);
    expect(await Promise.all(both.map(outcomeOf))).toEqual(['notified', 'notified']);
    expect(await waits(later)).toBe(true);
  });

  test('notifyAll of a Condition', async () => {
    const mutex = new Mutex();
    const condition = new Condition(mutex);
    const wait = () => mutex.run((guard) => condition.wait(guard));
    const both = [wait(), wait()];
    expect(await isPending(Promise.race(both))).toBe(true);
    expect(condition.notifyAll()).toBe(2);
    const later = wait();
    await within('both', Promise.all(both), condition);
    expect(await isPending(later)).toBe(true);
    expect(condition.waiting).toBe(1);
  });
});
