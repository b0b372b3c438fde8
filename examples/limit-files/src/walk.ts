import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cannotRead, InputError, isSystemError } from './errors.js';

export interface File {
  /** Relative to the directory. */
  readonly path: string;
  readonly bytes: number;
}

/** The regular files under a directory. Symbolic links are not followed. */
export function walk(dir: string): File[] {
  const files: File[] = [];
  const visit = (under: string) => {
    const at = join(dir, under);
    for (const entry of reading(at, () => readdirSync(at, { withFileTypes: true }))) {
      const path = join(under, entry.name);
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile()) {
        const { size } = reading(join(dir, path), () => lstatSync(join(dir, path)));
        files.push({ path, bytes: size });
      }
    }
  };
  visit('');
  return files;
}

/** As many of them as are no larger than `most` together: the smallest. */
export function choose(files: readonly File[], most: number): File[] {
  let bytes = 0;
  return [...files]
    .sort((a, b) => a.bytes - b.bytes || (a.path < b.path ? -1 : 1))
    .filter((file) => {
      bytes += file.bytes;
      return bytes <= most;
    });
}

function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw isSystemError(error) ? new InputError(cannotRead(path, error)) : error;
  }
}
