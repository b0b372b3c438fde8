import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { cannotRead, isSystemError } from './errors.js';
import type { Bundle, Part } from './walk.js';

export interface Result {
  readonly id: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly compressed: { readonly bytes: number; readonly sha256: string };
  /** What could not be read, and why. Errors lose their properties on the way between threads. */
  readonly unreadable: readonly { readonly path: string; readonly message: string }[];
}

const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** The expensive part: has a whole bundle in memory, hashes and compresses it. */
export function digestBundle(dir: string, { id, bytes, parts }: Bundle): Result {
  const buffer = Buffer.allocUnsafeSlow(bytes);
  const unreadable: { path: string; message: string }[] = [];
  let length = 0;
  for (const part of parts) {
    try {
      length += read(dir, part, buffer.subarray(length, length + part.bytes));
    } catch (error) {
      if (!isSystemError(error)) throw error;
      unreadable.push({ path: part.path, message: cannotRead(join(dir, part.path), error) });
    }
  }
  const bundle = buffer.subarray(0, length);
  const compressed = brotliCompressSync(bundle, BROTLI);
  return {
    id,
    bytes: length,
    sha256: sha256(bundle),
    compressed: { bytes: compressed.length, sha256: sha256(compressed) },
    unreadable,
  };
}

/** How much it was: less where the file has become shorter. */
function read(dir: string, { path, at }: Part, into: Buffer): number {
  const descriptor = openSync(join(dir, path), 'r');
  try {
    let length = 0;
    while (length < into.length) {
      const got = readSync(descriptor, into, length, into.length - length, at + length);
      if (got === 0) break;
      length += got;
    }
    return length;
  } finally {
    closeSync(descriptor);
  }
}

/** One digest over all results, whatever order they came in. */
export function digestOf(bundles: readonly Bundle[], results: readonly Result[]): string {
  const all = createHash('sha256');
  for (const { id, bytes, sha256, compressed } of [...results].sort((a, b) => a.id - b.id)) {
    all.update(JSON.stringify([bundles[id]?.parts, bytes, sha256, compressed.bytes, compressed.sha256]));
  }
  return all.digest('hex');
}
