import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { cannotRead, isSystemError } from './errors.js';

export interface Result {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly compressed: { readonly bytes: number; readonly sha256: string };
}

/** Errors lose their properties on the way between threads, so a file that cannot be read is a result as well. */
export interface Unreadable {
  readonly path: string;
  readonly unreadable: string;
}

const CHUNK = 2 ** 20;
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };

/** The expensive part: hashes and compresses a file, a chunk at a time, so that its size does not matter. */
export function digestFile(dir: string, path: string): Result | Unreadable {
  try {
    return digestChunks(path, join(dir, path));
  } catch (error) {
    if (isSystemError(error)) return { path, unreadable: cannotRead(join(dir, path), error) };
    throw error;
  }
}

function digestChunks(path: string, file: string): Result {
  const sha256 = createHash('sha256');
  const compressedSha256 = createHash('sha256');
  let bytes = 0;
  let compressedBytes = 0;
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.allocUnsafe(CHUNK);
    for (;;) {
      const length = readSync(descriptor, buffer);
      if (length === 0) break;
      const chunk = buffer.subarray(0, length);
      const compressed = brotliCompressSync(chunk, BROTLI);
      sha256.update(chunk);
      compressedSha256.update(compressed);
      bytes += length;
      compressedBytes += compressed.length;
    }
  } finally {
    closeSync(descriptor);
  }
  const compressed = { bytes: compressedBytes, sha256: compressedSha256.digest('hex') };
  return { path, bytes, sha256: sha256.digest('hex'), compressed };
}

/** One digest over all results, whatever order they came in. */
export function digestOf(results: readonly Result[]): string {
  const all = createHash('sha256');
  for (const { path, bytes, sha256, compressed } of [...results].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    all.update(JSON.stringify([path, bytes, sha256, compressed.bytes, compressed.sha256]));
  }
  return all.digest('hex');
}
