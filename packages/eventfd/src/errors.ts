/**
 * The errors both packages throw. Tell them apart by `code`, as with Node's own; messages may change. A message says what
 * happened and what to do; docs/errors.md has more, by `code`.
 */
import { getSystemErrorMap } from 'node:util';

/** A wait ended because its `timeout` ran out. The waiter has left the queue and holds nothing. `code` is `ERR_TIMEOUT`. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
  readonly code = 'ERR_TIMEOUT';
  /** Of a RateLimit: in how many milliseconds who asked at that moment would have been served. */
  declare readonly retryAfter?: number;

  constructor(what: string, timeout: number, remedy = 'nothing was changed, so it can be tried again') {
    super(`${what} did not happen within ${timeout} ms; ${remedy}`);
  }
}

/** What was passed as a handle is not one, or what it names is gone. `code` is `ERR_INVALID_HANDLE`. */
export class InvalidHandleError extends TypeError {
  override readonly name = 'InvalidHandleError';
  readonly code = 'ERR_INVALID_HANDLE';

  constructor(
    found: string,
    remedy = 'Pass the object, its handle, or what arrived when a thread of this process posted it',
  ) {
    super(`${found}. ${remedy}`);
  }
}

/** The object was closed, by this thread or by another. `code` names the class of the object, as in `ERR_EVENTFD_CLOSED`. */
export class ClosedError extends Error {
  override readonly name = 'ClosedError';
  readonly code: string;

  constructor(what: string, code: string) {
    super(`${what} is closed; make or attach another to go on`);
    this.code = code;
  }
}

/** What to do where the name of the error does not say it. */
const REMEDIES: Readonly<Record<string, string>> = {
  EMFILE: '; raise `ulimit -n`, or close what is unused: a thread that waits needs one descriptor',
  ENFILE: '; raise `sysctl fs.file-max`, or end what has many files open',
  EBUSY: '; nothing could interrupt it: raise `ulimit -i` or `ulimit -u`, or use a descriptor with EFD_NONBLOCK',
};

/** An error of the kernel in the form Node gives its own: `code`, a negative `errno`, `syscall`. `errno` is positive here. */
export function systemError(errno: number, syscall: string): NodeJS.ErrnoException {
  const [code, text] = getSystemErrorMap().get(-errno) ?? [`E${errno}`, 'unknown error'];
  const message = `${code}: ${text}, ${syscall}${REMEDIES[code] ?? ''}`;
  return Object.assign(new Error(message), { code, errno: -errno, syscall });
}
