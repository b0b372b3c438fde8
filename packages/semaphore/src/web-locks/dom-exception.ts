/** Errors as the standard has them. */
import { atob } from 'node:buffer';

type DomExceptionName = 'AbortError' | 'NotSupportedError';
type DomException = new (message: string, name: DomExceptionName) => Error & { readonly code: number };

/** Node's own: no module exports it, and the global one may be another's, or missing in a realm of `vm`. */
let NodesDomException!: DomException;
try {
  atob('*');
} catch (error) {
  NodesDomException = (error as Error).constructor as DomException;
}

export function domException(name: DomExceptionName, message: string): Error {
  return new NodesDomException(message, name);
}

/** A `TypeError` with a `code`, for what WebIDL refuses. */
export function typeError(code: string, message: string): TypeError {
  return Object.assign(new TypeError(message), { code });
}

/** What only this module can pass to the constructors of what it makes. */
export const INTERNAL = Symbol('internal');

export function requireInternal(given: unknown): void {
  if (given !== INTERNAL) throw typeError('ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
}

/** The attributes of an interface as WebIDL has them. */
export function asInterface(made: { readonly name: string; readonly prototype: object }, members: string[]): void {
  const { name, prototype } = made;
  for (const member of members) Object.defineProperty(prototype, member, { enumerable: true });
  Object.defineProperty(prototype, Symbol.toStringTag, { value: name, configurable: true });
}
