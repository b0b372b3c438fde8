/**
 * Named objects: any thread finds them by their name, whoever came first. So they lie in memory of the addon's own;
 * native/core/names.h keeps the table. This is what of them differs from what lies in an arena of JavaScript's.
 */
import { Buffer } from 'node:buffer';
import {
  InvalidHandleError,
  NAMED_WORDS,
  NamedWord,
  native,
  Opened,
  outOfRange,
  RoomResult,
  requireString,
  thisCopy,
} from 'eventfd/internal';
import { NameNotFoundError, OpenMismatchError } from '../errors.js';
import { agingOf, agingShown, requireAging } from './aging.js';
import { arenaFull, BETWEEN_PROCESSES, noAddressSpace } from './arena.js';
import { type Allocation, Flag, type Handle, Kind, type KindName } from './cell.js';
import { type FastPath, nativeFastPath } from './fastpath.js';
import { maxWaitingWord } from './max-waiting.js';

/** In UTF-8. A name that is longer is rather a mistake: a body, a key of a cache with its value. */
const MOST_BYTES = 1024;

const PREFIX = 'eventfd.names.';
/** In place of the memory in a handle: there is only one such arena in a process. */
const MARK = `${PREFIX}${native.addonId}`;

/** Where a cell was found. This thread is attached. */
export interface Named {
  readonly attachment: number;
  readonly slot: number;
  readonly offset: number;
  readonly generation: number;
  readonly name: string;
}

export class NamedArena {
  readonly memory = MARK;
  /** The addon's name for it, in this thread. */
  readonly index: number;
  readonly fast: FastPath;

  private constructor(index: number) {
    this.index = index;
    this.fast = nativeFastPath(index);
  }

  /** @throws RangeError `ERR_NO_ADDRESS_SPACE` */
  static get(): NamedArena {
    if (joined === undefined) {
      const index = native.joinNames(thisCopy.id);
      if (index < 0) throw noAddressSpace('of which named objects reserve 1 MiB at the least', '');
      joined = new NamedArena(index);
    }
    return joined;
  }

  /** Whether a handle's memory says that it is of a named object. */
  static isNamed(memory: unknown): boolean {
    if (typeof memory !== 'string' || !memory.startsWith(PREFIX)) return false;
    if (memory === MARK) return true;
    throw new InvalidHandleError(
      'The handle is of a named object of another process, or of another copy of the eventfd addon in this one',
      `Open it by its name in a thread of the process that it is of; ${BETWEEN_PROCESSES}`,
    );
  }

  grow(): boolean {
    return native.growNames();
  }

  load(_cell: number, word: number, attachment: number): number {
    return native.loadNamed(attachment, word);
  }
}

let joined: NamedArena | undefined;

/** What the addon is asked and answers with. It answers before anything else can ask. */
const words = new Int32Array(NAMED_WORDS);

/**
 * Attaches the object of a name; see `Cell.open`.
 *
 * @throws OpenMismatchError `ERR_OPEN_MISMATCH`; NameNotFoundError `ERR_NOT_FOUND`; RangeError `ERR_ARENA_FULL`
 */
export function openNamed(kind: KindName, name: string, wanted: Allocation | undefined): Named {
  const arena = NamedArena.get();
  const over = wanted?.over;
  words[NamedWord.KIND] = Kind[kind];
  words[NamedWord.FLAGS] = wanted?.flags ?? 0;
  words[NamedWord.PERMITS] = wanted?.permits ?? 0;
  words[NamedWord.MAX] = wanted?.max ?? 0;
  words[NamedWord.MAX_WAITING] = maxWaitingWord(wanted?.maxWaiting);
  words[NamedWord.AGING] = requireAging(wanted?.aging);
  words[NamedWord.OVER] = over?.cell ?? 0;
  words[NamedWord.OVER_GENERATION] = over?.generation ?? 0;
  const attachment = native.openNamed(thisCopy.id, arena.index, name, words, wanted !== undefined);
  if (attachment < 0) throw refusal(attachment, kind, name, wanted);
  return {
    attachment,
    slot: word(NamedWord.SLOT),
    offset: word(NamedWord.CELL),
    generation: word(NamedWord.GENERATION),
    name,
  };
}

/** Attaches the object of a handle; `undefined` when nobody has it open any more. */
export function attachNamed(kind: KindName, offset: number, generation: number): Named | undefined {
  const arena = NamedArena.get();
  for (;;) {
    const attachment = native.attach(thisCopy.id, arena.index, offset, Kind[kind], generation);
    if (attachment >= 0) {
      return { attachment, slot: native.slotOf(attachment), offset, generation, name: native.nameOfNamed(offset) };
    }
    if (attachment === RoomResult.REFUSED) return undefined;
    if (!arena.grow()) throw arenaFull(`a ${kind}`);
  }
}

/** The mutex of the condition that was just opened, as its handle says it. */
export function mutexOfOpened(): Handle {
  const [cell, generation] = [word(NamedWord.OVER), word(NamedWord.OVER_GENERATION)];
  return { kind: 'Mutex', memory: MARK, cell, generation, name: undefined };
}

function word(index: number): number {
  return (words[index] as number) >>> 0;
}

function refusal(result: number, kind: KindName, name: string, wanted: Allocation | undefined): Error {
  const what = `${kind} ${JSON.stringify(name)}`;
  switch (result) {
    case Opened.NOT_FOUND:
      return new NameNotFoundError(what);
    case Opened.MISMATCH: {
      const found = (Object.keys(Kind) as KindName[]).find((each) => Kind[each] === words[NamedWord.KIND]) ?? kind;
      const [flags = 0, permits = 0, max = 0, maxWaiting = -1, aging = -1] = words.subarray(NamedWord.FLAGS);
      const as = { flags, permits, max, maxWaiting, aging: agingOf(aging), name };
      const asked = wanted === undefined ? kind : described(kind, wanted, wanted.over?.name);
      const mutex = found === 'Condition' ? native.nameOfNamed(word(NamedWord.OVER)) : undefined;
      return new OpenMismatchError(JSON.stringify(name), described(found, as, mutex), asked);
    }
    case Opened.MUTEX_GONE:
      return new InvalidHandleError(`The mutex of ${what} was let go of`, 'Keep it open until the condition is');
    default:
      return arenaFull(what);
  }
}

/** What an object was made with, or is asked for, in words. */
function described(
  kind: KindName,
  { flags, permits, max, maxWaiting = -1, aging }: Allocation,
  mutex?: string,
): string {
  const bounded = maxWaiting < 0 || maxWaiting === Number.POSITIVE_INFINITY ? '' : `, maxWaiting ${maxWaiting}`;
  const { aging: aged } = agingShown(requireAging(aging));
  const ages = aged === undefined ? '' : `, aging ${aged}`;
  const fair = `, ${(flags & Flag.FAIR) !== 0 ? '' : 'not '}fair${bounded}${ages}`;
  switch (kind) {
    case 'Semaphore':
      return `Semaphore of ${permits}${(flags & Flag.MAX_GIVEN) !== 0 ? `, max ${max}` : ''}${fair}`;
    case 'Mutex':
    case 'RwLock':
      return `${kind}${fair}`;
    case 'Condition':
      return `Condition over Mutex ${JSON.stringify(mutex)}`;
    case 'Signal':
      return `Signal with ${permits} from the start`;
    case 'Event': {
      const resets = (flags & Flag.AUTO_RESET) !== 0 ? 'with' : 'without';
      return `Event ${resets} autoReset, ${permits > 0 ? 'set' : 'not set'} from the start`;
    }
    case 'Latch':
      return `Latch of ${1 - permits}`;
    case 'Barrier':
      return `Barrier of ${max}`;
    // It has no name to be opened by.
    case 'RateLimit':
      return kind;
  }
}

/** Requires what can be a name. */
export function requireName(value: unknown): string {
  const name = requireString('name', value);
  // No code unit takes more than three bytes.
  if (name.length * 3 <= MOST_BYTES) return name;
  const bytes = Buffer.byteLength(name);
  if (bytes > MOST_BYTES) throw outOfRange('name', `at most ${MOST_BYTES} bytes in UTF-8`, `${bytes} bytes`);
  return name;
}
