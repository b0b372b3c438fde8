/** One shared object's place in memory, and this thread's attachment to it. */
import { inspect } from 'node:util';
import {
  CellCheck,
  ClosedError,
  InvalidHandleError,
  invalidArgType,
  native,
  RoomResult,
  requireString,
  thisCopy,
} from 'eventfd/internal';
import { agingOf, requireAging } from './aging.js';
import { Arena, arenaFull } from './arena.js';
import { objectId, titleOf } from './identity.js';
import { maxWaitingWord } from './max-waiting.js';
import { attachNamed, type Named, NamedArena, openNamed } from './names.js';
import { type Watching, watchingOf } from './watching.js';

/** The kinds of object; a handle of one kind attaches to no other. native/core/words.h says how each uses its cell. */
export const Kind = {
  Semaphore: 1,
  Mutex: 2,
  RwLock: 3,
  Condition: 4,
  Signal: 5,
  Event: 6,
  Latch: 7,
  Barrier: 8,
  RateLimit: 9,
} as const;
export type KindName = keyof typeof Kind;

/** Words of a cell that are read from here. */
export const Word = {
  STATE: 0,
  FLAGS: 1,
  TOTAL: 2,
  WAITING: 3,
  MAX: 4,
  GENERATION: 6,
  MAX_WAITING: 8,
  AGING: 9,
  INTERVAL: 14,
} as const;
export const Flag = { CLOSED: 1, FAIR: 2, ABANDONED: 4, BROKEN: 8, AUTO_RESET: 16, MAX_GIVEN: 32 } as const;

/** In the state word: the head of the queue is owed what is free, or the object is closed. */
export const QUEUE_FIRST = 2;

/** The most that the state word can count. */
export const MAX_PERMITS = 2 ** 29 - 1;

/** What arrives in another thread when a shared object is posted there; the class's `from` attaches it. */
export interface Handle extends Watching {
  readonly kind: string;
  readonly memory: unknown;
  readonly cell: number;
  readonly generation: number;
  readonly name: string | undefined;
  /** Of an Event that is set when somebody waits for the object; core/bell.ts. */
  readonly bell?: Handle;
}

export interface Allocation {
  readonly permits: number;
  readonly max: number;
  readonly flags: number;
  /** How many may stand in its queue; `Infinity`, the default, for as many as come. */
  readonly maxWaiting?: number | undefined;
  /** After how many milliseconds a waiter counts one level higher; `Infinity`: never. */
  readonly aging?: number | undefined;
  readonly name: string | undefined;
  readonly bell?: Handle | undefined;
  readonly watching?: Watching;
  /** The mutex of a condition. */
  readonly over?: Handle | undefined;
  /** Of a RateLimit. */
  readonly rate?: { readonly limit: number; readonly interval: number };
}

/** Where a class makes its cell: memory of this thread's choice, or under a name. */
export interface Allocator {
  allocate(kind: KindName, allocation: Allocation): Cell;
}

/** Attachments end with the object that used them, unless their thread holds permits or waits. */
const unused = new FinalizationRegistry<number>((attachment) => native.detach(attachment));

export class Cell {
  readonly kind: KindName;
  readonly arena: Arena | NamedArena;
  readonly offset: number;
  readonly handle: Handle;
  /** This thread's held counter; 0 until the first use attaches the thread. */
  slot = 0;
  /** The addon's name for this thread's use of the cell; negative until then. */
  attachment = -1;
  /** Of a named object: this use of it is over, but for what it holds and waits for. */
  letGo = false;

  private constructor(
    kind: KindName,
    arena: Arena | NamedArena,
    offset: number,
    generation: number,
    name: string | undefined,
    bell: Handle | undefined,
    watching: Watching | undefined,
  ) {
    this.kind = kind;
    this.arena = arena;
    this.offset = offset;
    const handle = { kind, memory: arena.memory, cell: offset, generation, name };
    this.handle = Object.freeze({ ...handle, ...(bell === undefined ? {} : { bell }), ...watching });
  }

  static allocate(kind: KindName, allocation: Allocation): Cell {
    const { permits, max, flags, name, bell, maxWaiting, aging, rate, watching } = allocation;
    if (name !== undefined) requireString('options.name', name);
    const most = maxWaitingWord(maxWaiting);
    const age = requireAging(aging);
    let arena = Arena.current();
    for (;;) {
      const { index } = arena;
      const offset =
        rate === undefined
          ? native.allocateCell(index, Kind[kind], flags, permits, max, name ?? '', most, age)
          : native.allocateRate(index, rate.limit, rate.interval, max, name ?? '', most);
      if (offset !== 0) {
        return new Cell(kind, arena, offset, arena.load(offset, Word.GENERATION) >>> 0, name, bell, watching);
      }
      if (!arena.grow()) arena = Arena.after(arena);
    }
  }

  /**
   * Attaches the object of a name, made as `wanted` says if there is none. Without `wanted` it takes what there is. How it is
   * watched is this thread's own choice.
   *
   * @throws OpenMismatchError `ERR_OPEN_MISMATCH`; NameNotFoundError `ERR_NOT_FOUND`
   */
  static open(kind: KindName, name: string, wanted?: Allocation, watching = wanted?.watching): Cell {
    return Cell.#named(openNamed(kind, name, wanted), kind, watching);
  }

  static #named(named: Named, kind: KindName, watching: Watching | undefined): Cell {
    const { attachment, slot, offset, generation, name } = named;
    const cell = new Cell(kind, NamedArena.get(), offset, generation, name, undefined, watching);
    cell.#attached(attachment, slot);
    return cell;
  }

  /** Attaches what another thread posted: a handle, or an object that carries one as its own `handle`. */
  static from(kind: KindName, value: unknown): Cell {
    const handle = (value as { handle?: unknown } | null | undefined)?.handle ?? value;
    if (typeof handle !== 'object' || handle === null) throw invalidArgType('handle', `a ${kind} or its handle`, value);
    const { kind: found, memory, cell, generation, name, bell } = handle as Partial<Handle>;
    if (found !== kind) {
      throw new InvalidHandleError(`Expected a handle of a ${kind}, found ${whatIsFound(handle)}`);
    }
    if (!isUint32(cell) || !isUint32(generation) || !(name === undefined || typeof name === 'string')) {
      throw new InvalidHandleError(
        `The handle of a ${kind} is damaged: cell ${inspect(cell)}, generation ${inspect(generation)}`,
      );
    }
    const watching = watchingOf(handle);
    if (NamedArena.isNamed(memory)) {
      // At once: it is there as long as somebody is attached.
      const named = attachNamed(kind, cell, generation);
      if (named !== undefined) return Cell.#named(named, kind, watching);
      throw new InvalidHandleError(
        `The handle names a ${kind} that nobody has open any more`,
        'Keep it open until the receiver has attached it, or open it there by its name',
      );
    }
    const arena = Arena.of(memory);
    switch (native.checkCell(arena.index, cell, Kind[kind], generation)) {
      case CellCheck.OK:
        return new Cell(kind, arena, cell, generation, name, bell, watching);
      case CellCheck.STALE:
        throw new InvalidHandleError(
          `The handle names a ${kind} that was disposed`,
          'Dispose of an object when every thread has done with it',
        );
      case CellCheck.OTHER_KIND:
        throw new InvalidHandleError(`The handle says ${kind}, but at cell ${cell} there is an object of another kind`);
      default:
        throw new InvalidHandleError(`The handle of a ${kind} names no cell of its arena: ${cell}`);
    }
  }

  /** Attaches this thread, if it is not yet. False when the object was disposed. */
  tryAttach(): boolean {
    if (this.attachment >= 0 || this.letGo) return !this.letGo;
    for (;;) {
      const result = native.attach(thisCopy.id, this.arena.index, this.offset, Kind[this.kind], this.handle.generation);
      if (result >= 0) {
        this.#attached(result, native.slotOf(result));
        return true;
      }
      if (result === RoomResult.REFUSED) return false;
      if (!this.arena.grow()) throw arenaFull(`${this}`);
    }
  }

  #attached(attachment: number, slot: number): void {
    this.attachment = attachment;
    this.slot = slot;
    unused.register(this, attachment, this);
  }

  /** Attaches this thread, and returns the attachment. Throws when the object was disposed. */
  attach(): number {
    if (!this.tryAttach()) throw this.closedError();
    return this.attachment;
  }

  close(): void {
    native.closeCell(this.arena.index, this.offset, Kind[this.kind], this.handle.generation);
  }

  /** Closes it, and frees the cell for another object once every thread that uses it has let go. */
  dispose(): void {
    if (this.arena instanceof NamedArena) {
      this.endUse();
      return;
    }
    this.close();
    native.disposeCell(this.arena.index, this.offset, Kind[this.kind], this.handle.generation);
    this.#detach();
  }

  /**
   * Of a named object: this use ends, and other threads, and other objects of this one, go on. What is held can be given
   * back, and what is waited for comes; then, at the latest when this is collected, the thread lets go.
   */
  endUse(): void {
    if (!(this.arena instanceof NamedArena)) return;
    this.letGo = true;
    this.#detach();
  }

  /** Refused while the thread holds or waits. */
  #detach(): void {
    if (this.attachment < 0 || !native.detach(this.attachment)) return;
    unused.unregister(this);
    this.attachment = -1;
    this.slot = 0;
  }

  /** Reads a word; 0 when the object was disposed. */
  load(word: number): number {
    if (this.attachment < 0 && !this.tryAttach()) return 0;
    return this.arena.load(this.offset, word, this.attachment);
  }

  /** How many permits this thread holds through this object. */
  get held(): number {
    if (this.attachment < 0 || this.slot === 0) return 0;
    return this.arena instanceof NamedArena ? native.heldNamed(this.attachment) : this.arena.load(this.slot, 0);
  }

  /** The free permits, or what the kind takes them for. */
  get free(): number {
    return this.load(Word.STATE) >> 2;
  }

  /** How many may stand in its queue. */
  get maxWaiting(): number {
    const word = this.load(Word.MAX_WAITING);
    return word < 0 ? Number.POSITIVE_INFINITY : word;
  }

  /** After how many milliseconds a waiter counts one level higher. */
  get aging(): number {
    return agingOf(this.load(Word.AGING));
  }

  has(flag: number): boolean {
    return (this.load(Word.FLAGS) & flag) !== 0;
  }

  get closed(): boolean {
    return !this.tryAttach() || this.has(Flag.CLOSED);
  }

  closedError(): Error {
    return new ClosedError(`${this}`, `ERR_${this.kind.toUpperCase()}_CLOSED`);
  }

  /** No other object of the process has it, now or ever; the same on every thread. */
  get id(): string {
    return objectId({ arena: native.arenaId(this.arena.index), cell: this.offset, generation: this.handle.generation });
  }

  /** The object where there may be others of its kind, with its id if it has no name. */
  get title(): string {
    return titleOf(this.kind, this.handle.name, this.id);
  }

  /** The object in messages to who has it at hand: Semaphore "db". */
  toString(): string {
    const { name } = this.handle;
    return name === undefined ? this.kind : `${this.kind} ${JSON.stringify(name)}`;
  }
}

function whatIsFound(handle: Partial<Handle>): string {
  const { kind } = handle;
  if (typeof kind === 'string') return `a handle of kind ${JSON.stringify(kind.slice(0, 40))}`;
  if (Object.keys(handle).length > 0 || Object.prototype.toString.call(handle) !== '[object Object]') {
    return 'no handle';
  }
  return 'an empty object, as what is held (a Permit, a guard) becomes in JSON: that stays in its thread';
}

function isUint32(value: unknown): value is number {
  return typeof value === 'number' && value >>> 0 === value;
}
