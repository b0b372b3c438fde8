/** Web Locks across threads: https://w3c.github.io/web-locks/#algorithms, for the threads of a process. */
import { Mutex } from '@eventfd/semaphore';
import { type LockInfo, locks } from '@eventfd/semaphore/web-locks';
import { expect, test } from 'vitest';
import { until, within } from '../support/deadline.js';
import { LockThread } from '../support/lock-thread.js';

const here = `node-${process.pid}-0`;

/** Until so many wait for the name, in all threads. */
async function queued(name: string, count: number): Promise<void> {
  let pending: LockInfo[] = [];
  await until(
    `${count} in the queue of ${name}`,
    () => {
      void locks.query().then((snapshot) => {
        pending = snapshot.pending.filter((each) => each.name === name);
      });
      return pending.length === count;
    },
    pending,
  );
}

test('a lock that one thread holds is granted to another when it is given back', async () => {
  const other = await LockThread.start();
  await other.run(({ hold }) => hold('handed over'));
  expect(await locks.request('handed over', { ifAvailable: true }, (lock) => lock)).toBeNull();
  const mine = locks.request('handed over', ({ name, mode }) => [name, mode]);
  expect(await locks.query()).toMatchObject({
    held: [{ name: 'handed over', mode: 'exclusive', clientId: other.clientId }],
    pending: [{ name: 'handed over', mode: 'exclusive', clientId: here }],
  });
  await other.run(({ kept }) => kept.get('handed over')());
  expect(await within('the lock', mine)).toEqual(['handed over', 'exclusive']);
  expect(await locks.query()).toEqual({ held: [], pending: [] });
});

test.each([
  ['terminated', (thread: LockThread) => void thread.worker.terminate()],
  ['that returns', (thread: LockThread) => thread.tell(({ port }) => port.close())],
  ['that exits', (thread: LockThread) => thread.tell(() => process.exit(3))],
  [
    'that throws',
    (thread: LockThread) =>
      thread.tell(() =>
        setImmediate(() => {
          throw new Error('on purpose');
        }),
      ),
  ],
])('the locks of a worker %s go to the next, and its requests are dropped', async (_, end) => {
  const [dying, next] = [await LockThread.start(), await LockThread.start()];
  await dying.run(({ hold }) => hold('dies'));
  await dying.run(({ locks }) => void locks.request('held here', { ref: false }, () => {}));
  const held = locks.request('held here', () => within('the end', dying.gone));
  await dying.run(({ locks }) => void locks.request('held here', { ref: false }, () => {}));
  const before = next.run(({ hold }) => hold('dies'));
  await queued('dies', 1);
  const mine = locks.request('dies', () => 'mine');
  end(dying);
  await before;
  await held;
  expect((await locks.query()).pending.map(({ name, clientId }) => [name, clientId])).toEqual([['dies', here]]);
  await next.run(({ kept }) => kept.get('dies')());
  expect(await mine).toBe('mine');
});

test('a shared request never overtakes an exclusive one that was made before it, whichever threads they are of', async () => {
  const [reads, writes] = [await LockThread.start(), await LockThread.start()];
  await reads.run(({ hold }) => hold('order', { mode: 'shared' }));
  const written = writes.run(({ hold }) => hold('order'));
  await queued('order', 1);
  let late = false;
  const reader = locks.request('order', { mode: 'shared' }, () => {
    late = true;
  });
  expect(await locks.request('order', { mode: 'shared', ifAvailable: true }, (lock) => lock)).toBeNull();
  await reads.run(({ kept }) => kept.get('order')());
  await written;
  expect(late).toBe(false);
  await writes.run(({ kept }) => kept.get('order')());
  await reader;
  expect(late).toBe(true);
});

test('a lock is stolen across threads: its promise rejects, those who wait go on waiting, the last thief wins', async () => {
  const [victim, thief, waits] = [await LockThread.start(), await LockThread.start(), await LockThread.start()];
  await victim.run(({ hold }) => hold('stolen'));
  const waited = waits.run(({ hold }) => hold('stolen'));
  await queued('stolen', 1);
  await thief.run(({ hold }) => hold('stolen', { steal: true }));
  const lost = () =>
    victim.run(({ kept }) => kept.get('lost stolen').catch(({ name }: Error) => name) as Promise<string>);
  expect(await lost()).toBe('AbortError');
  const mine = locks.request('stolen', { steal: true }, async () => {
    // A late release of what was stolen changes nothing.
    await victim.run(({ kept }) => kept.get('stolen')());
    await thief.run(({ kept }) => kept.get('stolen')());
    const { held, pending } = await locks.query();
    return [held, pending].map((each) => each.map(({ clientId }) => clientId));
  });
  expect(await mine).toEqual([[here], [waits.clientId]]);
  await within('who waited', waited);
});

test('query() lists all threads, each with a clientId of its own, pending in the order of the requests', async () => {
  const [a, b] = [await LockThread.start(), await LockThread.start()];
  await a.run(({ hold }) => hold('q1'));
  await b.run(({ hold }) => hold('q2', { mode: 'shared' }));
  const asked: [LockThread, string][] = [
    [b, 'q1'],
    [a, 'q2'],
    [b, 'q2'],
    [a, 'q1'],
  ];
  for (const [thread, name] of asked) {
    await thread.run(({ locks }, wanted) => void locks.request(wanted, () => {}), name);
  }
  const { held, pending } = await locks.query();
  expect(held).toEqual([
    { name: 'q1', mode: 'exclusive', clientId: a.clientId },
    { name: 'q2', mode: 'shared', clientId: b.clientId },
  ]);
  expect(pending.map(({ name, clientId }) => [clientId, name])).toEqual(
    asked.map(([thread, name]) => [thread.clientId, name]),
  );
});

test('a deadlock is visible in query()', async () => {
  const [a, b] = [await LockThread.start(), await LockThread.start()];
  await a.run(({ hold }) => hold('left'));
  await b.run(({ hold }) => hold('right'));
  await a.run(({ locks }) => void locks.request('right', () => {}));
  await b.run(({ locks }) => void locks.request('left', () => {}));
  const { held, pending } = await locks.query();
  const holderOf = (name: string) => held.find((each) => each.name === name)?.clientId;
  const [first] = pending as [LockInfo];
  const second = pending.find(({ clientId }) => clientId === holderOf(first.name));
  expect(second && holderOf(second.name)).toBe(first.clientId);
});

test('a worker that waits stays alive; with `ref: false` it does not', async () => {
  const [waits, leaves] = [await LockThread.start(), await LockThread.start()];
  await locks.request('kept alive', async () => {
    for (const [thread, ref] of [
      [waits, true],
      [leaves, false],
    ] as const) {
      await thread.run(({ locks, port }, ref) => {
        void locks.request('kept alive', { ref }, () => process.exit(7));
        setImmediate(() => port.close());
      }, ref);
    }
    expect(await within('the end of who waits with ref: false', leaves.gone)).toBe(0);
  });
  expect(await within('the end of who waits', waits.gone)).toBe(7);
});

test('a thread that blocks hears of its lock once it runs again', async () => {
  const other = await LockThread.start();
  using mutex = Mutex.open('blocks the other');
  const guard = mutex.lockSync();
  let waited: Promise<string> | undefined;
  await locks.request('while blocked', async () => {
    waited = other.run(async ({ locks, Mutex }) => {
      const granted = locks.request('while blocked', () => 'granted');
      Mutex.open('blocks the other').lockSync().unlock();
      return granted;
    });
    await until('it blocks', () => mutex.waiting === 1);
  });
  guard.unlock();
  expect(await waited).toBe('granted');
});
