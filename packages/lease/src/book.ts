/**
 * Who holds how many permits until when: the rules that every engine keeps. The broker of the machine engine runs this
 * code; redis/script.ts and postgres/schema.ts say the same in their server's language, and test/contract holds them
 * against it.
 *
 * A member is one lease in one process. It says at each step what it keeps and how many more it wants: absolute numbers,
 * so that a step whose answer was lost is simply made again. Steps are numbered, so that one which comes late changes nothing.
 *
 *   a member is   when
 *   wanting       it wants more and has stepped within STALE_MS; they stand in one queue, by when they began to want
 *   active        it holds some, or is wanting; a member's share is permits / active members (the oldest get the remainder)
 *   crowded       there are more active members than permits; then a share is to ask for one, and to keep none
 *
 * Free permits go down the queue twice: first up to each one's share, then without that bound. What falls to the member that steps is in
 * its answer; to the others it is granted all the same, and they are told, which saves them a step. One that does not hear of it finds it in
 * the answer to its next step; of one that has died it is free again with the rest of what that held.
 */
import type { Answer, Claim, Grant } from './engine.js';

/** A member that wants something steps at least every second; one that has not for so long is not waited for. */
export const STALE_MS = 3000;

interface Row {
  held: number;
  /** In use beyond what is held: after its lease ran out or the engine lost its state. Not free, and not leased either. */
  over: number;
  want: number;
  /** When it began to want, by the record's clock of ticks; 0 when it wants nothing. */
  since: number;
  readonly joined: number;
  seq: number;
  /** Of `held`, what it was granted since its last step. */
  pushed: number;
  heard: number;
  expires: number;
}

interface Record {
  permits: number;
  tick: number;
  /** Nothing is granted until then: state was lost, and holders have yet to say what they hold. */
  quietUntil: number;
  readonly members: Map<string, Row>;
}

/** Who is told, and of what. */
export interface Poke {
  readonly member: string;
  readonly grant: Grant | undefined;
}

/** What a member was answered, and who is to be poked. */
export interface Stepped {
  readonly answer: Answer;
  readonly pokes: Poke[];
}

export class Book {
  readonly #records = new Map<string, Record>();
  readonly #endsWithSession: boolean;
  /** While it is true nothing new is granted. */
  quiet = false;

  /** @param endsWithSession members do not run out: who keeps the book lets them leave, and says when to be quiet */
  constructor({ endsWithSession = false } = {}) {
    this.#endsWithSession = endsWithSession;
  }

  /** Names in use, with what is held of each. */
  get names(): string[] {
    return [...this.#records.keys()];
  }

  step(claim: Claim, now: number): Stepped {
    const { name, member, permits, seq, acked } = claim;
    this.#expire(name, now);
    const found = this.#records.get(name);
    if (claim.verb === 'join' && found !== undefined && found.permits !== permits) {
      return { answer: { status: 'mismatch', permits: found.permits }, pokes: [] };
    }
    let row = found?.members.get(member);
    if (claim.verb === 'renew' && row === undefined) return { answer: { status: 'unknown' }, pokes: [] };
    if (row !== undefined && seq <= row.seq) return { answer: { status: 'stale' }, pokes: [] };

    const record = found ?? { permits, tick: 0, quietUntil: 0, members: new Map<string, Row>() };
    this.#records.set(name, record);
    // It was answered more than is known here: what it holds was written down and is lost.
    const forgotten = ({ seq, pushed }: Row) => seq < acked || (seq === acked && pushed < claim.pushed);
    const lost = row === undefined ? claim.verb === 'rejoin' : forgotten(row);
    if (lost && !this.#endsWithSession) record.quietUntil = now + claim.ttl;
    if (row === undefined) {
      row = { held: 0, over: 0, want: 0, since: 0, joined: ++record.tick, seq, pushed: 0, heard: now, expires: 0 };
      record.members.set(member, row);
    }
    // What it was granted, and had not heard of when it said this.
    const unheard = row.seq === acked ? Math.max(0, row.pushed - claim.pushed) : 0;
    const held = claim.held + unheard;
    const gaveBack = held < row.held;
    const bound = lost ? row.held + Math.max(0, freeOf(record) + row.over) : row.held;
    row.held = Math.min(held, bound);
    row.over = claim.over + held - row.held;
    row.want = Math.max(0, claim.want - unheard);
    if (row.want === 0) row.since = 0;
    // Who gives back goes to the end of the queue, as who got something does.
    else if (row.since === 0 || gaveBack) row.since = ++record.tick;
    row.seq = seq;
    row.pushed = 0;
    row.heard = now;
    row.expires = this.#endsWithSession ? Number.POSITIVE_INFINITY : now + claim.ttl;
    const { keep, pokes } = this.#distribute(record, member, row, now);
    return { answer: { status: 'ok', held: row.held, keep, permits: record.permits }, pokes };
  }

  leave(name: string, member: string, now: number): Poke[] {
    const record = this.#records.get(name);
    if (!record?.members.delete(member)) return [];
    if (record.members.size > 0) return this.#distribute(record, '', undefined, now).pokes;
    this.#records.delete(name);
    return [];
  }

  /** Changes the number of permits for all; undefined when the name is not in use. */
  resize(name: string, permits: number): Poke[] | undefined {
    const record = this.#records.get(name);
    if (record === undefined) return undefined;
    record.permits = permits;
    return [...record.members.keys()].map((member) => ({ member, grant: undefined }));
  }

  /** Grants what is to be had now. */
  due(now: number): Poke[] {
    return [...this.#records.values()].flatMap((record) => this.#distribute(record, '', undefined, now).pokes);
  }

  #expire(name: string, now: number): void {
    const record = this.#records.get(name);
    if (record === undefined) return;
    for (const [member, { expires }] of record.members) if (expires <= now) record.members.delete(member);
    if (record.members.size === 0) this.#records.delete(name);
  }

  /** Grants what is free, and tells who is to hear of it, or to give back for one that still misses some. */
  #distribute(record: Record, member: string, row: Row | undefined, now: number): { keep: number; pokes: Poke[] } {
    const quiet = this.quiet || now < record.quietUntil;
    const isWanting = (each: Row) => each.want > 0 && now - each.heard < STALE_MS;
    const active = [...record.members]
      .filter(([, each]) => each.held + each.over > 0 || isWanting(each))
      .sort(([, a], [, b]) => a.joined - b.joined);
    const crowded = active.length > record.permits;
    const shareAt = (i: number) =>
      Math.floor(record.permits / active.length) + (i < record.permits % active.length ? 1 : 0);
    const queue = active
      .map(([id, each], i) => ({ id, each, room: Math.max(1, shareAt(i)) - each.held - each.over, gets: 0 }))
      .filter(({ each }) => isWanting(each))
      .sort((a, b) => a.each.since - b.each.since);

    let free = quiet ? 0 : Math.max(0, freeOf(record));
    const bounds = [(room: number) => Math.max(0, room), () => Number.POSITIVE_INFINITY];
    for (const bound of bounds) {
      for (const place of queue) {
        const more = Math.min(place.each.want - place.gets, Math.max(0, bound(place.room) - place.gets), free);
        place.gets += more;
        free -= more;
      }
    }
    // What those who have less than their share still miss.
    const missing = ({ each, room, gets }: (typeof queue)[number]) => Math.max(0, Math.min(each.want, room) - gets);
    const need = quiet ? 0 : queue.reduce((sum, place) => sum + missing(place), 0);
    const mine = queue.find(({ id }) => id === member);
    const asksOthers = mine !== undefined && missing(mine) > 0;
    const granted = new Set<string>();
    for (const { id, each, gets } of queue) {
      if (gets === 0) continue;
      each.held += gets;
      each.want -= gets;
      // Who got something goes to the end of the queue.
      each.since = each.want === 0 ? 0 : ++record.tick;
      if (id === member) continue;
      each.pushed += gets;
      granted.add(id);
    }
    const pokes: Poke[] = [];
    let keepOfMine = row?.held ?? 0;
    active.forEach(([id, each], i) => {
      const share = crowded ? 0 : shareAt(i);
      const owes = need > 0 && each.held > share;
      const keep = owes ? Math.max(share, each.held - need) : each.held;
      if (id === member) keepOfMine = keep;
      else if (granted.has(id)) pokes.push({ member: id, grant: { seq: each.seq, pushed: each.pushed, keep } });
      else if (owes && asksOthers) pokes.push({ member: id, grant: undefined });
    });
    return { keep: keepOfMine, pokes };
  }
}

function freeOf({ permits, members }: Record): number {
  let free = permits;
  for (const { held, over } of members.values()) free -= held + over;
  return free;
}
