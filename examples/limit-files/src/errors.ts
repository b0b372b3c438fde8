import { getSystemErrorMap } from 'node:util';

/** Something about the input that its owner can put right: told in one line, exit code 2. */
export class InputError extends Error {}

export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'errno' in error;
}

/** "cannot read a/b: permission denied" */
export function cannotRead(path: string, error: NodeJS.ErrnoException): string {
  const [, text] = getSystemErrorMap().get(error.errno ?? 0) ?? [];
  return `cannot read ${path}: ${text ?? error.message}`;
}
