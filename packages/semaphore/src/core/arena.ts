/** Shared memory that cells are allocated from; native/core/arena.h keeps its books. */
import { types } from 'node:util';
import { getEnvironmentData, MessageChannel, receiveMessageOnPort, setEnvironmentData } from 'node:worker_threads';
import { InvalidHandleError, native, thisCopy } from 'eventfd/internal';
import { type FastPath, nativeFastPath, wasmFastPath } from './fastpath.js';
import { type WasmMemory, wasm } from './webassembly.js';

/** What an arena's memory is: WebAssembly's, or a plain growable buffer under `--jitless`. */
type ArenaMemory = WasmMemory | SharedArrayBuffer;

const PAGE = 65536;
/** Offsets stay small integers: at most 2 GiB, 33 million cells. The next cell goes to a new arena. */
const MAX_PAGES = 32767;
/** Workers that start later find the arena under this key, and allocate from the same. */
const PUBLISHED = `eventfd.arena.${native.addonId}`;

/** What crosses them, in messages. */
export const BETWEEN_PROCESSES =
  'between processes pass the descriptor of an EventFd, in `stdio`, for an FdSemaphore, or lease permits with @eventfd/lease';

/** @throws RangeError `ERR_NO_ADDRESS_SPACE` */
function newMemory(): ArenaMemory {
  try {
    return reserve();
  } catch (cause) {
    throw noAddressSpace(
      'of which up to 10 GiB are reserved and as much is used as objects need',
      ', or start Node 20 or 22 with --disable-wasm-trap-handler: they then reserve 2 GiB, as later ones do by themselves where there is no more',
      cause,
    );
  }
}

export function noAddressSpace(what: string, remedy: string, cause?: unknown): Error {
  const message = `No address space is left for shared memory, ${what}. Raise \`ulimit -v\`, let go of what else has reserved much${remedy}`;
  const error = new RangeError(message, cause === undefined ? undefined : { cause });
  return Object.assign(error, { code: 'ERR_NO_ADDRESS_SPACE' });
}

export function arenaFull(what: string): Error {
  const message = `No memory is left to attach ${what}; dispose of objects that are no longer used`;
  return Object.assign(new RangeError(message), { code: 'ERR_ARENA_FULL' });
}

export function otherAddonError(what: string): Error {
  return new InvalidHandleError(
    `The ${what} was made by another copy of the eventfd addon: this process has loaded the package twice`,
    '`npm ls eventfd` shows both; keep one',
  );
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

/** Looks at what a value is, too, whichever realm of this thread it is of. */
const isShared = (value: unknown): value is SharedArrayBuffer => types.isSharedArrayBuffer(value);

function isMemory(value: unknown): value is ArenaMemory {
  try {
    // The buffer of a WebAssembly memory is not growable, and no arena: a view of one, as long as that was once.
    if (isShared(value)) return growable.call(value) === true;
    return isShared(bufferOfWasm?.call(value));
  } catch {
    return false;
  }
}

function bufferOf(memory: ArenaMemory): SharedArrayBuffer {
  return isShared(memory) ? memory : (bufferOfWasm?.call(memory) as SharedArrayBuffer);
}

/** Bytes of it: of a fixed length, since the addon asks for the length of what it is given. */
function bytesOf(memory: ArenaMemory): Uint8Array {
  const buffer = bufferOf(memory);
  return new Uint8Array(buffer, 0, buffer.byteLength);
}

/** `Object.prototype` of Node's own realm: this module may run in another, of `node:vm`. */
const prototypeOfNode: unknown = Object.getPrototypeOf(Object.getPrototypeOf(getEnvironmentData));

/**
 * The memory as an object of Node's own realm. The thread keeps the memory of its arenas, and the environment data that of
 * the current one, for longer than a realm may live; and each object keeps its realm alive.
 */
function ofMainRealm(memory: ArenaMemory): ArenaMemory {
  if (Object.getPrototypeOf(Object(Object.getPrototypeOf(memory))) === prototypeOfNode) return memory;
  const { port1, port2 } = new MessageChannel();
  try {
    port1.postMessage(memory);
    const clone: unknown = receiveMessageOnPort(port2)?.message;
    return isMemory(clone) ? clone : memory;
  } finally {
    port1.close();
  }
}

/** This copy's arenas by index, as long as an object in them is in use. */
const joined = new Map<number, WeakRef<Arena>>();

const unused = new FinalizationRegistry<number>((index) => {
  // The same arena may have come back meanwhile, in a message.
  if (joined.get(index)?.deref() !== undefined) return;
  joined.delete(index);
  native.leaveArena(thisCopy.id, index);
});

export class Arena {
  readonly memory: ArenaMemory;
  /** The addon's name for it, in this thread, whichever copy of this module asks. */
  readonly index: number;
  readonly fast: FastPath;
  #words: Int32Array;

  private constructor(memory: ArenaMemory, index: number) {
    this.memory = memory;
    this.index = index;
    this.fast = isShared(memory) ? nativeFastPath(index) : wasmFastPath(memory);
    this.#words = new Int32Array(bufferOf(memory));
    joined.set(index, new WeakRef(this));
    unused.register(this, index);
  }

  /** The arena that new objects of this thread go to. */
  static current(): Arena {
    current ??= Arena.#published() ?? Arena.#create();
    return current;
  }

  /** Another arena, for when this one is full: the one that is published meanwhile, or a new one. */
  static after(full: Arena): Arena {
    const published = Arena.#published();
    current = published === undefined || published === full ? Arena.#create() : published;
    return current;
  }

  /**
   * The arena whose memory came with a handle. One instance for an arena, thread and copy, whichever Memory object over it
   * arrived: the fast path is fastest while all calls go to the same functions.
   */
  static of(memory: unknown): Arena {
    if (!isMemory(memory)) {
      throw new InvalidHandleError(
        'The handle carries no shared memory: it has passed through JSON, as what goes to another process does',
        `Attach it in a thread of the process that it is of; ${BETWEEN_PROCESSES}`,
      );
    }
    const index = native.joinArena(thisCopy.id, bytesOf(memory), memory);
    if (index === -1) throw new InvalidHandleError('The memory of the handle is not an arena of this process');
    if (index === -2) throw otherAddonError('handle');
    const known = joined.get(index)?.deref();
    if (known !== undefined) return known;
    if (native.memoryOf(index) === memory) native.keepMemory(index, ofMainRealm(memory));
    return new Arena(native.memoryOf(index) as ArenaMemory, index);
  }

  static #published(): Arena | undefined {
    const memory = getEnvironmentData(PUBLISHED) as unknown;
    return memory === undefined ? undefined : Arena.of(memory);
  }

  static #create(): Arena {
    const memory = ofMainRealm(newMemory());
    const arena = new Arena(memory, native.createArena(thisCopy.id, bytesOf(memory), memory));
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
      if (isShared(this.memory)) {
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

  /**
   * The same for some nanoseconds less, without an order with what other threads write at that moment: what happened before it is seen.
   */
  peek(cell: number, word: number): number {
    return this.#words[cell / 4 + word] ?? this.load(cell, word);
  }
}

let current: Arena | undefined;
