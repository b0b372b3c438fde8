import { digestBundle, type Result } from './digest.js';
import type { Bundle } from './walk.js';

/** The same work without workers, for comparison of what comes out. */
export function digestInOneThread(dir: string, bundles: readonly Bundle[], onResult: () => void): Result[] {
  return bundles.map((bundle) => {
    const result = digestBundle(dir, bundle);
    onResult();
    return result;
  });
}
