/** The keeper by itself: its clock, its engine and its semaphore are the test's. */

import type { Answer, Claim, Engine } from '@eventfd/lease';
import { Event, Semaphore } from '@eventfd/semaphore';
import { afterEach, expect, test } from 'vitest';
import { until } from '../../../semaphore/test/support/deadline.js';
import { Keeper } from '../../dist/keeper/keeper.js';
import { Local } from '../../dist/keeper/local.js';

const terms = { name: 'a', permits: 4, ttl: 60_000, margin: 10_000, idle: 60_000, timeout: 5000, whenUnreachable: 0 };

let end: () => Promise<void> = async () => {};
afterEach(() => end());

async function begin(answer: (claim: Claim) => Answer | Promise<Answer>, ttl = terms.ttl) {
  const claims: Claim[] = [];
  const engine: Engine = {
    endsWithSession: false,
    step: async (claim) => {
      claims.push(claim);
      return answer(claim);
    },
    leave: async () => {},
    resize: async () => true,
    close: async () => {},
  };
  const clock = { time: 1_000_000, now: () => clock.time };
  const bell = new Event({ autoReset: true });
  const semaphore = new Semaphore(0, { bell, fair: true, max: 100 });
  const states: string[] = [];
  const keeper = new Keeper(
    { ...terms, ttl },
    '0'.repeat(24),
    engine,
    (look) => new Local(semaphore, bell, look),
    clock,
    ({ state }) => {
      if (states.at(-1) !== state) states.push(state);
    },
  );
  await keeper.begin();
  end = () => keeper.close();
  return { claims, clock, semaphore, states, keeper };
}

const all = ({ held, want }: Claim): Answer => ({ status: 'ok', held: held + want, keep: held + want, permits: 4 });

test('a machine that was suspended for longer than the ttl: by CLOCK_BOOTTIME the lease is over, though no timer has run', async () => {
  let reachable = true;
  const { clock, semaphore, states } = await begin((claim) => {
    if (!reachable) throw new Error('not yet');
    return all(claim);
  });
  const permit = await semaphore.acquire();
  expect(states).toEqual(['live']);
  reachable = false;
  clock.time += 60 * 60_000;
  await until('it is lost', () => states.includes('lost'), states);
  expect(semaphore.permits).toBe(0);
  expect(semaphore.tryAcquire()).toBeUndefined();
  permit.release();
});

test('the lease counts from before the request was sent, however late the answer', async () => {
  let late: ((answer: Answer) => void) | undefined;
  const { clock, states, keeper, claims } = await begin((claim) =>
    claim.seq === 1 ? all(claim) : new Promise<Answer>((resolve) => (late = () => resolve(all(claim)))),
  );
  keeper.poked();
  await until('it is asked', () => late !== undefined, claims);
  clock.time += 51_000;
  late?.({ status: 'stale' });
  await until('it is at risk at once', () => states.includes('at risk'), states);
});

test('an answer that was lost: the step is made again, with what is had here, under a higher number', async () => {
  let lost = false;
  const { claims, semaphore } = await begin((claim) => {
    if (claim.want > 0 && !lost) {
      lost = true;
      throw new Error('the connection ended before the answer');
    }
    return all(claim);
  });
  const permit = await semaphore.acquire();
  const [, asked, again] = claims as [Claim, Claim, Claim];
  expect(again).toMatchObject({ seq: asked.seq + 1, acked: 1, held: 0, want: 1 });
  permit.release();
});

test('an engine that forgot it before its lease ran out: it says what it holds', async () => {
  let forgets = false;
  const { claims, keeper, semaphore, states } = await begin((claim) => {
    if (forgets && claim.verb === 'renew') return { status: 'unknown' };
    return all(claim);
  });
  const permit = await semaphore.acquire();
  forgets = true;
  keeper.poked();
  await until('it rejoins', () => claims.some(({ verb }) => verb === 'rejoin'), claims);
  expect(claims.find(({ verb }) => verb === 'rejoin')).toMatchObject({ held: 1, over: 0 });
  forgets = false;
  expect(states).toEqual(['live']);
  permit.release();
});

test('one whose lease ran out holds nothing, and says what is still in use', async () => {
  let forgets = false;
  const { claims, clock, keeper, semaphore, states } = await begin((claim) => {
    if (forgets && claim.verb === 'renew') return { status: 'unknown' };
    return claim.verb === 'return' ? { status: 'ok', held: 0, keep: 0, permits: 4 } : all(claim);
  }, 6_000_000);
  const permit = await semaphore.acquire();
  forgets = true;
  clock.time += 7_000_000;
  keeper.poked();
  await until('it returns', () => claims.some(({ verb }) => verb === 'return'), claims);
  expect(claims.find(({ verb }) => verb === 'return')).toMatchObject({ held: 0, over: 1 });
  forgets = false;
  await until('it goes on', () => states.at(-1) === 'live', states);
  expect(states).toEqual(['live', 'lost', 'live']);
  expect(semaphore.available).toBe(-1);
  permit.release();
  await until('it says so when that has come free', () => claims.at(-1)?.over === 0, claims);
});

test('others wait: what it is granted goes to one who waits here, and from there to the engine', async () => {
  let grants = 1;
  const { claims, keeper, semaphore } = await begin((claim) => {
    const more = Math.min(claim.want, grants);
    grants -= more;
    return { status: 'ok', held: claim.held + more, keep: 0, permits: 4 };
  });
  const waits = [semaphore.acquire(), semaphore.acquire()] as const;
  let second = false;
  const served = waits[1].then((permit) => {
    second = true;
    return permit;
  });
  const permit = await waits[0];
  expect([semaphore.permits, semaphore.available]).toEqual([0, -1]);
  permit.release();
  await until('it has gone back', () => claims.at(-1)?.held === 0 && claims.at(-1)?.want === 1, claims);
  expect(second).toBe(false);
  grants = 1;
  keeper.poked();
  (await served).release();
});

/** Two wait here for what the engine has not got yet; it is asked, and says so. */
async function asking() {
  const begun = await begin(({ held }) => ({ status: 'ok', held, keep: held, permits: 4 }));
  const { claims, semaphore } = begun;
  const waits = [semaphore.acquire(), semaphore.acquire()] as const;
  await until('both are asked for', () => claims.at(-1)?.want === 2, claims);
  return { ...begun, waits, seq: claims.at(-1)?.seq as number };
}

test('what was granted at the step of another is had here without a step', async () => {
  const { claims, keeper, waits, seq, semaphore } = await asking();
  // Its answer may be under way.
  await until('it is in force', () => {
    keeper.poked({ seq, pushed: 1, keep: 1 });
    return semaphore.permits > 0;
  });
  const steps = claims.length;
  const permit = await waits[0];
  keeper.poked({ seq, pushed: 1, keep: 1 });
  keeper.poked({ seq: seq - 1, pushed: 3, keep: 3 });
  expect([semaphore.permits, claims.length]).toEqual([1, steps]);
  keeper.poked({ seq, pushed: 2, keep: 2 });
  const other = await waits[1];
  expect([semaphore.permits, claims.length]).toEqual([2, steps]);
  keeper.poked();
  await until('the engine is told what was heard', () => claims.length > steps, claims);
  expect(claims.at(-1)).toMatchObject({ acked: seq, held: 2, pushed: 2, want: 0 });
  permit.release();
  other.release();
});

test('a grant that comes while a step is under way, or after a later one: the answer to that tells what is held', async () => {
  let late: ((answer: Answer) => void) | undefined;
  const { claims, keeper, semaphore } = await begin((claim) =>
    claim.want > 0 && late === undefined ? new Promise<Answer>((resolve) => (late = resolve)) : all(claim),
  );
  const wait = semaphore.acquire();
  await until('it is asked for', () => late !== undefined, claims);
  keeper.poked({ seq: 1, pushed: 1, keep: 1 });
  expect(semaphore.permits).toBe(0);
  late?.({ status: 'ok', held: 1, keep: 1, permits: 4 });
  const permit = await wait;
  await until('it asks what there is', () => claims.length === 3, claims);
  expect([semaphore.permits, claims.at(-1)]).toMatchObject([1, { held: 1, pushed: 0 }]);
  permit.release();
});

test('a grant that is heard of when the lease is over is not had', async () => {
  const { clock, keeper, semaphore, waits, claims, seq } = await asking();
  clock.time += 51_000;
  const steps = claims.length;
  keeper.poked({ seq, pushed: 1, keep: 1 });
  expect(semaphore.permits).toBe(0);
  await until('it asks', () => claims.length > steps, claims);
  expect(claims.at(-1)).toMatchObject({ held: 0, pushed: 0 });
  keeper.poked({ seq: claims.at(-1)?.seq as number, pushed: 2, keep: 2 });
  await until('served', () => {
    keeper.poked({ seq: claims.at(-1)?.seq as number, pushed: 2, keep: 2 });
    return semaphore.permits === 2;
  });
  for (const wait of waits) (await wait).release();
});
