// Processes that tests start: the kernel kills them as soon as we have ended, however we did. prctl(2), PR_SET_PDEATHSIG, for which
// setpriv(1) asks; it is in util-linux, which no Debian is without.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SETPRIV = ['--pdeathsig', 'KILL', '--'];

/** What to start in place of a command: the same process, which the command then becomes. */
export function tied(command, args) {
  return ['setpriv', [...SETPRIV, command, ...args]];
}

/** Like fork, of this Node. */
export function forkTied(script, args = []) {
  return fork(fileURLToPath(script), args, { execPath: 'setpriv', execArgv: [...SETPRIV, process.execPath] });
}
