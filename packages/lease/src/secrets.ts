/** Errors of others' clients, told without what they know: credentials never appear in messages, causes or stacks. */

/** An error as it travels from the keeper's thread. */
export interface ToldError {
  readonly name: string;
  readonly message: string;
  readonly code: string | undefined;
}

const SECRET = /pass|pwd|secret|token|key|cert|auth|user|pfx|url|connectionstring/i;
const HIDDEN = '***';

/** Every string that is not to be shown, in any of the forms it may come in; longest first. */
export function secretsOf(options: unknown): string[] {
  const found = new Set<string>();
  collect(options, '', found, new Set());
  return [...found].filter((each) => each.length > 0).sort((a, b) => b.length - a.length);
}

function collect(value: unknown, key: string, found: Set<string>, seen: Set<unknown>): void {
  if (typeof value === 'string') {
    if (SECRET.test(key)) found.add(value);
    if (value.includes('://')) collectUrl(value, found);
  } else if (typeof value === 'object' && value !== null && !seen.has(value)) {
    seen.add(value);
    for (const [name, each] of Object.entries(value)) collect(each, SECRET.test(key) ? key : name, found, seen);
  }
}

function collectUrl(text: string, found: Set<string>): void {
  found.add(text);
  // Not by URL: it refuses some that clients accept, and what it refuses is to be hidden too.
  const userInfo = /:\/\/([^/?#]*)@/.exec(text)?.[1];
  if (userInfo === undefined) return;
  found.add(userInfo);
  const colon = userInfo.indexOf(':');
  for (const part of colon < 0 ? [userInfo] : [userInfo.slice(colon + 1)]) {
    found.add(part);
    try {
      found.add(decodeURIComponent(part));
    } catch {
      // Not encoded: it is as it stands.
    }
  }
}

/** What may be told of an error. */
export function tellError(error: unknown, secrets: readonly string[]): ToldError {
  const { name, message, code, errors } = Object(error) as Partial<ToldError & AggregateError>;
  const parts = Array.isArray(errors) ? errors.map((each) => tellError(each, []).message) : [];
  let text = typeof message === 'string' && message !== '' ? message : parts.join('; ') || String(code ?? error);
  for (const secret of secrets) text = text.replaceAll(secret, HIDDEN);
  return {
    name: typeof name === 'string' ? name : 'Error',
    message: text,
    code: typeof code === 'string' ? code : undefined,
  };
}

/** The error again, in this thread. */
export function untell({ name, message, code }: ToldError): Error {
  const error = new Error(message);
  error.name = name;
  // The frames would be of this function.
  error.stack = `${name}: ${message}`;
  return code === undefined ? error : Object.assign(error, { code });
}
