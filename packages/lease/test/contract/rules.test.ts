/** Every engine decides as book.ts does: random members that step, leave, hear of grants or do not, and change the number of permits, seeded. */

import type { Answer, Claim, Engine, Grant, OpenEngine } from '@eventfd/lease';
import { expect, test } from 'vitest';
import { until } from '../../../semaphore/test/support/deadline.js';
import { randomOf, seedOf } from '../../../semaphore/test/support/random.mjs';
import { Book, type Poke } from '../../dist/book.js';
import { type PostedSource, postedOf } from '../../dist/engine.js';
import { clients, engineOf } from '../support/engines.js';

const STEPS = 150;

interface Member {
  readonly id: string;
  seq: number;
  acked: number;
  held: number;
  /** Of what it was granted without a step, what it has heard of, and was told. */
  pushed: number;
  grant: Grant | undefined;
  joined: boolean;
}

test.each(clients)('$title', async (subject) => {
  const seed = seedOf(`rules ${subject.title}`);
  const random = randomOf(seed);
  const session = Array.from({ length: 16 }, () => random(16).toString(16)).join('');
  const heard: string[] = [];
  const expected: string[] = [];
  const say = (member: string, grant: Grant | undefined) => `${member} ${grant?.seq} ${grant?.pushed} ${grant?.keep}`;
  let up = false;
  const { module, options } = postedOf(await engineOf(subject)) as PostedSource;
  const { open } = (await import(module)) as { open: OpenEngine };
  const engine: Engine = await open(options, session, {
    poke: (member, grant) => heard.push(say(member, grant)),
    up: () => {
      up = true;
    },
    down: () => {},
  });
  await until('the engine is there', () => up);

  const book = new Book({ endsWithSession: engine.endsWithSession });
  const name = `rules-${seed}`;
  const members: Member[] = Array.from({ length: 5 }, (_, i) => ({
    id: `${session}0000000${i}`,
    seq: 0,
    acked: 0,
    held: 0,
    pushed: 0,
    grant: undefined,
    joined: false,
  }));
  const poked = (pokes: readonly Poke[]) => {
    for (const { member, grant } of pokes) {
      expected.push(say(member, grant));
      const one = members.find(({ id }) => id === member);
      if (one !== undefined && grant !== undefined) one.grant = grant;
    }
  };
  let permits = 1 + random(12);
  for (let i = 0; i < STEPS; i++) {
    const member = members[random(members.length)] as Member;
    // Often it hears of what it was granted before it says anything.
    const { grant } = member;
    if (grant?.seq === member.acked && member.seq === member.acked && random(3) > 0) {
      member.held += grant.pushed - member.pushed;
      member.pushed = grant.pushed;
    }
    member.grant = undefined;
    const what = random(20);
    if (what === 0 && member.joined) {
      await engine.leave(name, member.id);
      poked(book.leave(name, member.id, performance.now()));
      Object.assign(member, { acked: 0, held: 0, pushed: 0, joined: false });
    } else if (what === 1) {
      permits = 1 + random(12);
      const pokes = book.resize(name, permits);
      expect(await engine.resize(name, permits)).toBe(pokes !== undefined);
      poked(pokes ?? []);
    } else {
      const given = random(3) === 0 ? random(member.held + 1) : 0;
      // Now and then one that comes late, one whose answer was lost, one that the engine does not know. At last some of which
      // it forgot what it had answered: from then on it grants nothing.
      const odd = random(25) + (i < 100 ? 2 : 0);
      const claim: Claim = {
        name,
        member: member.id,
        verb: !member.joined && odd > 0 && odd < 20 ? (odd === 1 ? 'rejoin' : odd === 6 ? 'return' : 'join') : 'renew',
        permits,
        seq: odd === 4 ? member.seq : ++member.seq,
        acked: odd === 0 ? member.seq + 1 : member.acked,
        held: odd === 1 && !member.joined ? random(3) : member.held - given,
        over: random(8) === 0 ? random(3) : 0,
        want: random(2) * random(8),
        pushed: member.pushed + (odd === 7 && i >= 100 ? 1 : 0),
        ttl: 60_000,
      };
      const answer: Answer = await engine.step(claim);
      const stepped = book.step(claim, performance.now());
      expect({ i, claim, answer }).toEqual({ i, claim, answer: stepped.answer });
      poked(stepped.pokes);
      if (answer.status === 'ok' && odd !== 5) {
        Object.assign(member, { acked: claim.seq, held: answer.held, pushed: 0, joined: true });
      }
    }
  }
  for (const { id } of members) await engine.leave(name, id);
  for (const { id } of members) poked(book.leave(name, id, performance.now()));
  await until('every poke is there', () => heard.length >= expected.length, heard, expected);
  expect(heard.sort()).toEqual(expected.sort());
  expect(book.names).toEqual([]);
  await engine.close();
});
