/** Checks of what a caller passes. Messages and codes follow Node's own; all name the argument and what was received. */
import { inspect } from 'node:util';

function received(value: unknown): string {
  if (value === null || value === undefined) return `${value}`;
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value === 'object') {
    const name = Object.getPrototypeOf(value)?.constructor?.name;
    return typeof name === 'string' && name !== '' ? `an instance of ${name}` : inspect(value, { depth: -1 });
  }
  const shown = inspect(value, { colors: false });
  return `type ${typeof value} (${shown.length > 28 ? `${shown.slice(0, 25)}...` : shown})`;
}

export function invalidType(name: string, expected: string, value: unknown): TypeError {
  const message = `The "${name}" argument must be ${expected}. Received ${received(value)}`;
  return Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_TYPE' });
}

/** `shown` is not the value where that may hold a credential. */
export function invalidValue(name: string, reason: string, shown: string): TypeError {
  const message = `The argument "${name}" ${reason}. Received ${shown}`;
  return Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_VALUE' });
}

export function requireWhole(name: string, value: unknown, min: number, max: number): number {
  if (typeof value !== 'number') throw invalidType(name, 'of type number', value);
  if (!Number.isInteger(value) || value < min || value > max) {
    const message = `The value of "${name}" is out of range. It must be an integer >= ${min} and <= ${max}. Received ${value}`;
    throw Object.assign(new RangeError(message), { code: 'ERR_OUT_OF_RANGE' });
  }
  return value;
}

export function requireObject(name: string, value: unknown): object {
  if (typeof value !== 'object' || value === null) throw invalidType(name, 'of type object', value);
  return value;
}

/** A name: 1 to `most` characters, none of them a control character or half of a pair. */
export function requireText(name: string, value: unknown, most: number): string {
  if (typeof value !== 'string') throw invalidType(name, 'of type string', value);
  if (value.length === 0 || value.length > most || /[\p{Cc}\p{Cs}]/u.test(value)) {
    throw invalidValue(
      name,
      `must have 1 to ${most} characters, none of them a control character`,
      inspect(value.slice(0, 60)),
    );
  }
  return value;
}

export function requireOneOf<T extends string>(name: string, value: unknown, allowed: readonly T[]): T {
  if (typeof value !== 'string') throw invalidType(name, 'of type string', value);
  const found = allowed.find((each) => each === value);
  if (found !== undefined) return found;
  throw invalidValue(
    name,
    `must be one of ${allowed.map((each) => `'${each}'`).join(', ')}`,
    inspect(value.slice(0, 60)),
  );
}

/** A URL of one of these protocols. What was passed is not in the message: there may be a password in it. */
export function requireUrl(name: string, value: unknown, protocols: readonly string[]): string {
  if (typeof value !== 'string') throw invalidType(name, 'of type string', value);
  const protocol = /^[a-z][a-z0-9+.-]*:(?=\/\/)/i.exec(value)?.[0].toLowerCase();
  const wanted = protocols.map((each) => `${each}//`).join(' or ');
  if (protocol === undefined || !protocols.includes(protocol)) {
    const shown = protocol === undefined ? `${value.length} characters without one` : `'${protocol}//...'`;
    throw invalidValue(name, `must begin with ${wanted}`, shown);
  }
  if (!URL.canParse(value))
    throw invalidValue(name, 'is no valid URL', `'${protocol}//...', of ${value.length} characters`);
  return value;
}

export function requireBoolean(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw invalidType(name, 'of type boolean', value);
  return value;
}
