/** Shared memory that cells are allocated from; native/core/arena.h keeps its books. */
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { InvalidHandleError, native } from 'eventfd/internal';
import { type FastPath, nativeFastPath, wasmFastPath } from './fastpath.js';
import { type WasmMemory, wasm } from './webassembly.js';

/** What an arena's memory is: WebAssembly's, or a plain growable buffer under `--jitless`. */
type ArenaMemory = WasmMemory | SharedArrayBuffer;

const PAGE = 65536;
/** Offsets stay small integers: at most 2 GiB, 33 million cells. The next cell goes to a new arena. */
const MAX_PAGES = 32767;
/** Workers that start later find the arena under this key, and allocate from the same. */
const PUBLISHED = `eventfd.arena.${native.addonId}`;

/** @throws RangeError `ERR_NO_ADDRESS_SPACE` */
function newMemory(): ArenaMemory {
  try {
    return reserve();
  } catch (cause) {
    const message =
      'No address space is left for shared memory, of which up to 10 GiB are reserved and as much is used as objects need. ' +
      'Raise `ulimit -v`, or let go of what else has reserved much';
    throw Object.assign(new RangeError(message, { cause }), { code: 'ERR_NO_ADDRESS_SPACE' });
  }
}

function reserve(): ArenaMemory {
  if (wasm !== undefined) return new wasm.Memory({ initial: 1, maximum: MAX_PAGES, shared: true });
  // TypeScript's library knows growable buffers from ES2024 on; Node 20 has them.
  const Growable = SharedArrayBuffer as new (length: number, options: { maxByteLength: number }) => SharedArrayBuffer;
  return new Growable(PAGE, { maxByteLength: MAX_PAGES * PAGE });
}

/** These getters look at what a value is; its prototype and its own properties only say what it claims to be. */
const getterOf = (prototype: object, name: string) =>
  Object.getOwnPropertyDescriptor(prototype, name)?.get as (this: unknown) => unknown;
const bufferOfWasm = wasm && getterOf(wasm.Memory.prototype, 'buffer');
const growable = getterOf(SharedArrayBuffer.prototype, 'growable');

function isMemory(value: unknown): value is ArenaMemory {
  try {
    // The buffer of a WebAssembly memory is not growable, and no arena: a view of one, as long as that was once.
    if (value instanceof SharedArrayBuffer) return growable.call(value) === true;
    return bufferOfWasm?.call(value) instanceof SharedArrayBuffer;
  } catch {
    return false;
  }
}

function bufferOf(memory: ArenaMemory): SharedArrayBuffer {
  return memory instanceof SharedArrayBuffer ? memory : (bufferOfWasm?.call(memory) as SharedArrayBuffer);
}

/** Bytes of it: of a fixed length, since the addon asks for the length of what it is given. */
function bytesOf(memory: ArenaMemory): Uint8Array {
  const buffer = bufferOf(memory);
  return new Uint8Array(buffer, 0, buffer.byteLength);
}

/** This thread's arenas by index, as long as an object in them is in use. */
const joined: (WeakRef<Arena> | undefined)[] = [];

/**
 * Arenas without an object in use, by index. The addon still knows their memory, so it is kept until all attachments in
 * it have ended; what is left of them is a permit that was leaked, and waits for the thread's end.
 */
const leaving = new Map<number, ArenaMemory>();

const unused = new FinalizationRegistry<{ index: number; memory: ArenaMemory }>(({ index, memory }) => {
  // The same arena may have come back meanwhile, in a message.
  if (joined[index]?.deref() !== undefined) return;
  leaving.set(index, memory);
  leaveArenas();
});

/** Lets go of the arenas that nothing in this thread uses. Called when an attachment has ended. */
export function leaveArenas(): void {
  for (const index of leaving.keys()) {
    if (!native.leaveArena(index)) continue;
    joined[index] = undefined;
    leaving.delete(index);
  }
}

export class Arena {
  readonly memory: ArenaMemory;
  /** The addon's name for it, in this thread. */
  readonly index: number;
  readonly fast: FastPath;
  #words: Int32Array;

  private constructor(memory: ArenaMemory, index: number) {
    this.memory = memory;
    this.index = index;
    this.fast = memory instanceof SharedArrayBuffer ? nativeFastPath(index) : wasmFastPath(memory);
    this.#words = new Int32Array(bufferOf(memory));
    joined[index] = new WeakRef(this);
    leaving.delete(index);
    unused.register(this, { index, memory });
  }

  /** The arena that new objects of this thread go to. */
  static current(): Arena {
    current ??= Arena.#published() ?? Arena.#create();
    return current;
  }

  /** A new arena, for when the current one is full. */
  static next(): Arena {
    current = Arena.#create();
    return current;
  }

  /**
   * The arena whose memory came with a handle. One instance for an arena and thread, whichever Memory object over it
   * arrived: the fast path is fastest while all calls go to the same functions.
   */
  static of(memory: unknown): Arena {
    if (!isMemory(memory)) throw new InvalidHandleError('The handle carries no shared memory');
    const index = native.joinArena(bytesOf(memory));
    if (index === -1) throw new InvalidHandleError('The memory of the handle is not an arena of this process');
    if (index === -2) {
      throw new InvalidHandleError(
        'The handle was made by another copy of the eventfd addon: this process has loaded the package twice',
        '`npm ls eventfd` shows both; keep one',
      );
    }
    return joined[index]?.deref() ?? new Arena(memory, index);
  }

  static #published(): Arena | undefined {
    const memory = getEnvironmentData(PUBLISHED) as unknown;
    return memory === undefined ? undefined : Arena.of(memory);
  }

  static #create(): Arena {
    const memory = newMemory();
    const arena = new Arena(memory, native.createArena(bytesOf(memory)));
    setEnvironmentData(PUBLISHED, memory as never);
    return arena;
  }

  /**
   * Makes the memory longer, unless there is room by now: another thread may have grown it meanwhile, and may have died
   * before it could tell the addon. False when it is as long as it may be, or no memory is left.
   */
  grow(): boolean {
    if (this.#hasRoom()) return true;
    const pages = bufferOf(this.memory).byteLength / PAGE;
    const target = Math.min(MAX_PAGES, pages + Math.max(15, pages));
    try {
      if (this.memory instanceof SharedArrayBuffer) {
        (this.memory as SharedArrayBuffer & { grow(length: number): void }).grow(target * PAGE);
      } else {
        this.memory.grow(target - pages);
      }
    } catch {
      // No memory is left; or another thread was faster, and this growth on top of its own would pass the maximum, or
      // would make a plain buffer shorter. What there is now tells.
    }
    return this.#hasRoom();
  }

  /** Tells the addon how long the memory is. */
  #hasRoom(): boolean {
    return native.growArena(this.index, bytesOf(this.memory));
  }

  /** Reads a word of a cell. */
  load(cell: number, word: number): number {
    const index = cell / 4 + word;
    // Typed arrays do not follow the memory when it grows.
    if (index >= this.#words.length) this.#words = new Int32Array(bufferOf(this.memory));
    return Atomics.load(this.#words, index);
  }
}

let current: Arena | undefined;
