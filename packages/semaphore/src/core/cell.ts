/** One shared object's place in memory, and this thread's attachment to it. */
import { CellCheck, InvalidHandleError, invalidArgType, native, RoomResult } from 'eventfd/internal';
import { Arena } from './arena.js';

/** The kinds of object; a handle of one kind attaches to no other. */
export const Kind = { Semaphore: 1 } as const;
export type KindName = keyof typeof Kind;

/** Words of a cell that are read from here; native/core/words.h describes them. */
export const Word = { STATE: 0, FLAGS: 1, TOTAL: 2, WAITING: 3, GENERATION: 6 } as const;
export const Flag = { CLOSED: 1, FAIR: 2 } as const;

/** What arrives in another thread when a shared object is posted there; the class's `from` attaches it. */
export interface Handle {
  readonly kind: string;
  readonly memory: unknown;
  readonly cell: number;
  readonly generation: number;
  readonly name: string | undefined;
}

/** Attachments end with the object that used them, unless their thread holds permits or waits. */
const unused = new FinalizationRegistry<number>((attachment) => native.detach(attachment));

export class Cell {
  readonly arena: Arena;
  readonly offset: number;
  readonly handle: Handle;
  /** This thread's held counter; 0 until the first use attaches the thread. */
  slot = 0;
  /** The addon's name for this thread's use of the cell; negative until then. */
  attachment = -1;

  readonly #kind: number;
  readonly #ledger: boolean;

  private constructor(arena: Arena, kind: KindName, offset: number, generation: number, name: string | undefined) {
    this.arena = arena;
    this.offset = offset;
    this.handle = Object.freeze({ kind, memory: arena.memory, cell: offset, generation, name });
    this.#kind = Kind[kind];
    this.#ledger = true;
  }

  static allocate(kind: KindName, flags: number, permits: number, max: number, name: string | undefined): Cell {
    let arena = Arena.current();
    for (;;) {
      const offset = native.allocateCell(arena.index, Kind[kind], flags, permits, max);
      if (offset !== 0) return new Cell(arena, kind, offset, arena.load(offset, Word.GENERATION), name);
      if (!arena.grow()) arena = Arena.next();
    }
  }

  /** Attaches what another thread posted: a handle, or an object that carries one as its own `handle`. */
  static from(kind: KindName, value: unknown): Cell {
    const handle = (value as { handle?: unknown } | null | undefined)?.handle ?? value;
    if (typeof handle !== 'object' || handle === null) throw invalidArgType('handle', `a ${kind} or its handle`, value);
    const { kind: found, memory, cell, generation, name } = handle as Partial<Handle>;
    if (found !== kind) {
      const what = typeof found === 'string' ? `a handle of kind ${JSON.stringify(found.slice(0, 40))}` : 'no handle';
      throw new InvalidHandleError(`Expected a handle of a ${kind}, found ${what}`);
    }
    if (!isUint32(cell) || !isUint32(generation) || !(name === undefined || typeof name === 'string')) {
      throw new InvalidHandleError(`The handle of a ${kind} is damaged: cell ${cell}, generation ${generation}`);
    }
    const arena = Arena.of(memory);
    switch (native.checkCell(arena.index, cell, Kind[kind], generation)) {
      case CellCheck.OK:
        return new Cell(arena, kind, cell, generation, name);
      case CellCheck.STALE:
        throw new InvalidHandleError(`The handle names a ${kind} that was disposed`);
      case CellCheck.OTHER_KIND:
        throw new InvalidHandleError(`The handle says ${kind}, but at cell ${cell} there is an object of another kind`);
      default:
        throw new InvalidHandleError(`The handle of a ${kind} names no cell of its arena: ${cell}`);
    }
  }

  /** Attaches this thread, if it is not yet. False when the object was disposed. */
  attach(): boolean {
    if (this.attachment >= 0) return true;
    const { index } = this.arena;
    for (;;) {
      const result = native.attach(index, this.offset, this.#kind, this.handle.generation, this.#ledger);
      if (result >= 0) {
        this.attachment = result;
        this.slot = native.slotOf(result);
        unused.register(this, result, this);
        return true;
      }
      if (result === RoomResult.REFUSED) return false;
      if (!this.arena.grow()) throw new RangeError('The arena has no room left for another ledger');
    }
  }

  /** Frees the cell for another object, once every thread that uses it has let go. */
  dispose(): void {
    native.disposeCell(this.arena.index, this.offset, this.#kind, this.handle.generation);
    if (this.attachment >= 0 && native.detach(this.attachment)) {
      unused.unregister(this);
      this.attachment = -1;
      this.slot = 0;
    }
  }

  /** Reads a word; 0 when the object was disposed. */
  load(word: number): number {
    return this.attach() ? this.arena.load(this.offset, word) : 0;
  }
}

function isUint32(value: unknown): value is number {
  return typeof value === 'number' && value >>> 0 === value;
}
