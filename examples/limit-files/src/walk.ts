import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cannotRead, InputError, isSystemError } from './errors.js';

export interface File {
  /** Relative to the directory. */
  readonly path: string;
  readonly bytes: number;
}

/** A file, or a part of a large one. */
export interface Part {
  readonly path: string;
  readonly at: number;
  readonly bytes: number;
}

/** What a worker is given at a time: so much that it takes time and memory. */
export interface Bundle {
  readonly id: number;
  readonly bytes: number;
  readonly parts: readonly Part[];
}

export interface Found {
  readonly files: File[];
  /** "cannot read a/b: permission denied" */
  readonly unreadable: string[];
}

/** There are so many bundles at least, unless there is nothing to share out. */
const LEAST = 12;
export const BUNDLE = 48 * 2 ** 20;

/** The regular files under a directory. Symbolic links are not followed. */
export function walk(dir: string): Found {
  const files: File[] = [];
  const unreadable: string[] = [];
  const visit = (under: string) => {
    const at = join(dir, under);
    try {
      for (const entry of readdirSync(at, { withFileTypes: true })) {
        const path = join(under, entry.name);
        if (entry.isDirectory()) visit(path);
        else if (entry.isFile()) files.push({ path, bytes: lstatSync(join(dir, path)).size });
      }
    } catch (error) {
      if (!isSystemError(error)) throw error;
      if (under === '') throw new InputError(cannotRead(at, error));
      unreadable.push(cannotRead(error.path ?? at, error));
    }
  };
  visit('');
  return { files, unreadable };
}

/** As many of them as are no larger than `most` together: the largest, which take memory and time. */
export function choose(files: readonly File[], most: number): File[] {
  let bytes = 0;
  const largestFirst = [...files].sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1));
  return largestFirst.filter((file) => {
    if (bytes + file.bytes > most) return false;
    bytes += file.bytes;
    return true;
  });
}

/** Bundles of one size, the same in every run. */
export function bundlesOf(files: readonly File[]): Bundle[] {
  const total = files.reduce((bytes, file) => bytes + file.bytes, 0);
  const size = Math.max(1, Math.min(BUNDLE, Math.ceil(total / LEAST)));
  const bundles: Bundle[] = [];
  let parts: Part[] = [];
  let bytes = 0;
  const close = () => {
    if (parts.length > 0) bundles.push({ id: bundles.length, bytes, parts });
    [parts, bytes] = [[], 0];
  };
  for (const file of files) {
    for (let at = 0; at === 0 || at < file.bytes; ) {
      const part = { path: file.path, at, bytes: Math.min(file.bytes - at, size - bytes) };
      parts.push(part);
      bytes += part.bytes;
      if (bytes === size) close();
      if (part.bytes === 0) break;
      at += part.bytes;
    }
  }
  close();
  return bundles;
}
