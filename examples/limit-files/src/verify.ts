import { digestFile, type Result } from './digest.js';
import { InputError } from './errors.js';

/** The same work without workers, for comparison. */
export function digestInOneThread(dir: string, paths: readonly string[], onResult: (result: Result) => void): Result[] {
  return paths.map((path) => {
    const result = digestFile(dir, path);
    if ('unreadable' in result) throw new InputError(result.unreadable);
    onResult(result);
    return result;
  });
}
