/** Every wait that blocks takes the signal of a SharedAbortController, and no other. */
import { FdSemaphore, SharedAbortController } from '@eventfd/semaphore';
import { EventFd } from 'eventfd';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Aborter } from '../support/aborter.js';
import { until } from '../support/deadline.js';
import { type SubjectClass, subjects } from '../support/subjects.mjs';

interface Blocking {
  /** What is posted to the thread that blocks. */
  readonly object: unknown;
  /** How many wait, as far as it tells. */
  waiting(): number;
  /** Blocks here. */
  wait(options: { signal?: never; timeout?: number }): unknown;
  /** Nothing was taken, and the next to come gets what there is. */
  whole(): void;
}

function ofSubject(name: string, adapter: SubjectClass): Blocking {
  const subject = adapter.make();
  const shut = adapter.shut(subject);
  return {
    object: subject,
    waiting: () => subject.waiting,
    wait: (options) => adapter.passSync(subject, options),
    whole: () => {
      expect(subject.waiting).toBe(0);
      if (name === 'Barrier') return;
      adapter.open(subject, shut);
      if (name === 'Condition') return;
      adapter.leave(subject, adapter.passSync(subject, { timeout: 0 }));
    },
  };
}

function ofEventFd(wait: (efd: EventFd, options: object) => unknown, full = false): Blocking {
  const efd = new EventFd();
  const there = full ? 2n ** 64n - 2n : 0n;
  if (full) efd.tryWrite(there);
  return {
    object: efd,
    waiting: () => 1,
    wait: (options) => wait(efd, options),
    whole: () => expect(efd.tryRead() ?? 0n).toBe(there),
  };
}

const ways: Record<string, () => Blocking> = {
  ...Object.fromEntries(Object.entries(subjects).map(([name, adapter]) => [name, () => ofSubject(name, adapter)])),
  'EventFd.readSync': () => ofEventFd((efd, options) => efd.readSync(options)),
  'EventFd.writeSync': () => ofEventFd((efd, options) => efd.writeSync(1, options), true),
  'EventFd.select': () => ofEventFd((efd, options) => EventFd.select([efd], options)),
  'FdSemaphore.acquireSync': () => {
    const semaphore = new FdSemaphore(new EventFd(0, { semaphore: true }));
    return {
      object: semaphore,
      waiting: () => 1,
      wait: (options) => semaphore.acquireSync(options),
      whole: () => expect(semaphore.available).toBe(0n),
    };
  },
};

describe.each(Object.entries(ways))('%s', (name, make) => {
  test('a blocked thread hears of the abort, and has left the queue', async () => {
    const blocking = make();
    using controller = new SharedAbortController();
    const other = new Aborter();
    onTestFinished(() => other.terminate());
    expect(await other.begin('block', controller, name, blocking.object)).toBe('blocking');
    await until('it waits', () => blocking.waiting() === 1);
    controller.abort(new RangeError('enough'));
    expect(await other.next()).toMatchObject({ name: 'RangeError', message: 'enough' });
    blocking.whole();
  });

  test('one that has aborted already ends the wait before it begins', () => {
    const blocking = make();
    using controller = new SharedAbortController();
    const { signal } = controller;
    const reason = { why: 'enough' };
    controller.abort(reason);
    expect(() => blocking.wait({ signal: signal as never })).toThrow(expect.objectContaining(reason));
    blocking.whole();
  });

  test('an ordinary signal is refused: nobody would hear it', () => {
    const blocking = make();
    const refused = expect.objectContaining({
      code: 'ERR_INVALID_ARG_TYPE',
      message: expect.stringContaining('signal'),
    });
    for (const signal of [new AbortController().signal, AbortSignal.abort(), 'signal', null]) {
      expect(() => blocking.wait({ signal: signal as never })).toThrow(refused);
    }
    blocking.whole();
  });
});

test('a signal that does not abort changes nothing: the time runs out', () => {
  using controller = new SharedAbortController();
  const { signal } = controller;
  for (const [name, make] of Object.entries(ways)) {
    // The one that shut it knows that it waits for itself.
    const code = name === 'Mutex' ? 'ERR_DEADLOCK' : 'ERR_TIMEOUT';
    const run = () => make().wait({ signal: signal as never, timeout: 0 });
    expect(run, name).toThrow(expect.objectContaining({ code }));
  }
  expect(signal.aborted).toBe(false);
});
