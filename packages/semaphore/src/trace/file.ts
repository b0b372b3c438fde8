/**
 * Which file a process writes its trace to. Only one at a time has the lock of a file, flock(2), which ends with the
 * descriptor: nothing of it is left when a process is killed.
 */

import { closeSync, fstatSync, ftruncateSync, openSync } from 'node:fs';
import { join, parse } from 'node:path';
import process from 'node:process';
import { native } from 'eventfd/internal';

export interface TraceFile {
  readonly path: string;
  /** To be appended to. The file is this process's as long as it is open. */
  readonly fd: number;
}

/**
 * Opens the file, empty; where it is another process's, the first of `name.PID.ext`, `name.PID.2.ext`, ... that is not.
 *
 * @param inherited the name was not chosen for this process: it is another's also when that wrote to it since this one
 *   began, and has ended
 */
export function openTraceFile(path: string, inherited: boolean): TraceFile {
  for (let i = 0; ; i++) {
    const candidate = i === 0 ? path : withPart(path, i === 1 ? `${process.pid}` : `${process.pid}.${i}`);
    const fd = openSync(candidate, 'a');
    try {
      if (takeOver(fd, inherited)) return { path: candidate, fd };
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    closeSync(fd);
  }
}

/** The path with something before its extension. */
export function withPart(path: string, part: string): string {
  const { dir, name, ext } = parse(path);
  return join(dir, `${name}.${part}${ext}`);
}

function takeOver(fd: number, inherited: boolean): boolean {
  const found = fstatSync(fd);
  // A pipe, say, is whoever's writes to it.
  if (!found.isFile()) return true;
  if (!native.lockFile(fd)) return false;
  const began = Date.now() - process.uptime() * 1000;
  if (inherited && found.size > 0 && fstatSync(fd).mtimeMs > began) return false;
  ftruncateSync(fd);
  return true;
}
