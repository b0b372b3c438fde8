import { asInterface, requireInternal, typeError } from './dom-exception.js';

/** `exclusive` locks of a name exclude all others; `shared` ones exclude only those. */
export type LockMode = 'exclusive' | 'shared';

/** A lock that is held, or was: what the callback of `LockManager.request` is called with. It cannot be made otherwise. */
export class Lock {
  readonly #name: string;
  readonly #mode: LockMode;

  /** @internal */
  constructor(...internal: [given?: unknown, name?: string, mode?: LockMode]) {
    const [given, name = '', mode = 'exclusive'] = internal;
    requireInternal(given);
    this.#name = name;
    this.#mode = mode;
  }

  /** What it is a lock of. */
  get name(): string {
    return Lock.#require(this).#name;
  }

  /** `shared` with other shared ones of its name, or `exclusive`. */
  get mode(): LockMode {
    return Lock.#require(this).#mode;
  }

  static #require(self: unknown): Lock {
    if (typeof self === 'object' && self !== null && #name in self) return self;
    throw typeError('ERR_INVALID_THIS', 'Value of "this" must be of type Lock');
  }

  /** @internal */
  declare readonly [Symbol.toStringTag]: 'Lock';
}

asInterface(Lock, ['name', 'mode']);
