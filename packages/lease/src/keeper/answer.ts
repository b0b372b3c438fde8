/** An answer that is waited for, but not for ever. */
import { LeaseUnreachableError } from '../errors.js';

/** The request may have been served all the same. */
export class NoAnswerError extends LeaseUnreachableError {}

/** What `promise` settles to, or an error when that takes too long. */
export async function withinMs<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswerError(`No answer within ${Math.round(ms)} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
