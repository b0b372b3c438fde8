/**
 * Why something was aborted, in memory that threads share: written once, by whoever comes first, and read by whoever asks.
 *
 * A thread can be terminated at any step here. So each writes into a part of its own, and one compare-exchange says whose
 * counts: what was left half written nobody is pointed to.
 *
 *     word 0   where the reason is: 0 nowhere yet, LOST there was no room for it
 *     word 1   where the next part begins
 *     word 2   1 once everybody is told; for when the object that tells of it is gone
 */
import { Buffer } from 'node:buffer';
import { inspect, types } from 'node:util';
import v8 from 'node:v8';
import { invalidArgType } from 'eventfd/internal';

const AT = 0;
const NEXT = 1;
const TOLD = 2;
const HEADER = 16;
const LOST = -1;

/** The most of a message that is kept where a reason could not be cloned, or is too large. In UTF-16 units. */
const LONGEST_MESSAGE = 200;

/** What a reason is on its way. */
type Written =
  | readonly ['value', unknown]
  | readonly ['error', unknown, name: string, code: unknown]
  | readonly ['told', message: string, name: string, code: unknown, dom: boolean];

export class SharedReason {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;

  private constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.#words = new Int32Array(memory, 0, HEADER / 4);
  }

  /** @param room for the reason, in bytes: a multiple of 4 */
  static allocate(room: number): SharedReason {
    const reason = new SharedReason(new SharedArrayBuffer(HEADER + room));
    reason.#words[NEXT] = HEADER;
    return reason;
  }

  static from(memory: unknown): SharedReason {
    if (!types.isSharedArrayBuffer(memory) || memory.byteLength < HEADER) {
      throw invalidArgType('handle.reason', 'what a SharedAbortController was posted with', memory);
    }
    return new SharedReason(memory);
  }

  /** Whether there is one. */
  get written(): boolean {
    return Atomics.load(this.#words, AT) !== 0;
  }

  get told(): boolean {
    return Atomics.load(this.#words, TOLD) !== 0;
  }

  setTold(): void {
    Atomics.store(this.#words, TOLD, 1);
  }

  /** Writes it down, unless another was first. False then. */
  write(reason: unknown): boolean {
    if (this.written) return false;
    const at = this.#place(encode(reason)) ?? this.#place(encodeTold(reason)) ?? LOST;
    return Atomics.compareExchange(this.#words, AT, 0, at) === 0;
  }

  /** What was written, as this thread has it; `undefined` where it cannot be told. */
  read(): { readonly reason: unknown } | undefined {
    const at = Atomics.load(this.#words, AT);
    const { byteLength } = this.memory;
    // Somebody may have written over it.
    if (at < HEADER || at % 4 !== 0 || at + 4 > byteLength) return undefined;
    const length = new Int32Array(this.memory, at, 1)[0] as number;
    if (length < 0 || length > byteLength - at - 4) return undefined;
    try {
      return { reason: decode(v8.deserialize(new Uint8Array(this.memory, at + 4, length).slice()) as Written) };
    } catch {
      return undefined;
    }
  }

  /** Where `bytes` are from now on; `undefined` when they do not fit, or there are none. */
  #place(bytes: Uint8Array | undefined): number | undefined {
    if (bytes === undefined) return undefined;
    const size = 4 + Math.ceil(bytes.length / 4) * 4;
    if (size > this.memory.byteLength - Atomics.load(this.#words, NEXT)) return undefined;
    const at = Atomics.add(this.#words, NEXT, size);
    // Another thread was faster. What it took does not come back; neither does this.
    if (at < HEADER || size > this.memory.byteLength - at) return undefined;
    new Int32Array(this.memory, at, 1)[0] = bytes.length;
    new Uint8Array(this.memory, at + 4, bytes.length).set(bytes);
    return at;
  }
}

const isDomException = (value: unknown) => Object.prototype.toString.call(value) === '[object DOMException]';

/** As it is, where the structured clone can; an error with its `name` and `code`, which that leaves out. */
function encode(reason: unknown): Uint8Array | undefined {
  // V8 makes an empty object of one.
  if (isDomException(reason)) return encodeTold(reason);
  try {
    const { name, code } = Object(reason) as { name: string; code: unknown };
    return serialize(types.isNativeError(reason) ? ['error', reason, `${name}`, plain(code)] : ['value', reason]);
  } catch {
    return undefined;
  }
}

/** Its message and its name. */
function encodeTold(reason: unknown): Uint8Array {
  try {
    const { message, name, code } = Object(reason) as { message: unknown; name: unknown; code: unknown };
    const text = typeof message === 'string' ? message : inspect(reason, { depth: 0, breakLength: Infinity });
    const shown = typeof name === 'string' && typeof reason === 'object' ? name.slice(0, LONGEST_MESSAGE) : 'Error';
    return serialize(['told', text.slice(0, LONGEST_MESSAGE), shown, plain(code), isDomException(reason)]);
  } catch {
    return serialize(['told', 'The reason cannot be told', 'Error', undefined, false]);
  }
}

function plain(code: unknown): unknown {
  return typeof code === 'number' || typeof code === 'string' ? code : undefined;
}

function serialize(written: Written): Uint8Array {
  return Buffer.from(v8.serialize(written));
}

function decode(written: Written): unknown {
  if (written[0] === 'value') return written[1];
  if (written[0] === 'error') return withNames(written[1] as Error, written[2], written[3]);
  const [, message, name, code, dom] = written;
  const { DOMException } = globalThis as { DOMException?: new (message: string, name: string) => unknown };
  if (dom && typeof DOMException === 'function') return new DOMException(message, name);
  return withNames(new Error(message), name, code);
}

/** As an error has them that is made in this thread: `name` not among what is shown. */
function withNames(error: Error, name: string, code: unknown): Error {
  if (error.name !== name) {
    Object.defineProperty(error, 'name', { value: name, writable: true, configurable: true, enumerable: false });
  }
  if (code !== undefined) {
    Object.defineProperty(error, 'code', { value: code, writable: true, configurable: true, enumerable: true });
  }
  return error;
}
