/**
 * The `code` of an error on its way from a worker. The structured clone leaves it out, as it does every property of an error
 * but its message, its stack and one of the standard names. So `task` writes it where Node has that of its own errors, into
 * the first line of the stack, as in `TypeError [ERR_INVALID_ARG_TYPE]: ...`, and `limit` reads it there.
 */

const CODED = /^([\w$.]+) \[(\w+)\]/;

/** In the worker. Changes the stack, or nothing when that cannot be. */
export function writeCode(error: unknown): void {
  try {
    const { name, code, message, stack } = error as NodeJS.ErrnoException;
    if (typeof code !== 'string' || typeof stack !== 'string' || CODED.exec(stack)?.[2] === code) return;
    const frames = stack.indexOf('\n    at ');
    (error as Error).stack = `${name} [${code}]: ${message}${frames < 0 ? '' : stack.slice(frames)}`;
  } catch {
    // It is no error, or frozen, or a getter of it threw.
  }
}

/** Where the error arrives: it is a copy, and this thread's. */
export function readCode(error: unknown): void {
  if (typeof error !== 'object' || error === null) return;
  const { stack, code: own } = error as NodeJS.ErrnoException;
  const [, name, code] = (typeof stack === 'string' && CODED.exec(stack)) || [];
  // workerpool brings the code along, and not the name.
  if (code === undefined || (Object.hasOwn(error, 'code') && own !== code)) return;
  // As an error has them that is made in this thread: `name` not among what is shown.
  Object.defineProperty(error, 'code', { value: code, writable: true, configurable: true, enumerable: true });
  if ((error as Error).name !== name) {
    Object.defineProperty(error, 'name', { value: name, writable: true, configurable: true, enumerable: false });
  }
}
