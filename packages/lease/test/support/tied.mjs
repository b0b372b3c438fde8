// Processes that tests start.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Like fork, of this Node. */
export function forkTied(script, args = []) {
  return fork(fileURLToPath(script), args, { execPath: process.execPath });
}
