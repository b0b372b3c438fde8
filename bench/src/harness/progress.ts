/** A bar on a terminal, a line for each case elsewhere: what is done, and how long the rest will take. */
import { SingleBar } from 'cli-progress';
import { clock } from './estimate.js';

export interface Progress {
  begin(title: string): void;
  step(what: string): void;
  end(): void;
}

export interface Outlook {
  /** Runs, as far as they are known. */
  readonly planned: number;
  /** Seconds to go, as far as anybody knows. */
  left(): number | undefined;
}

/** @param about what kind of a guess it is: `about`, `at most` */
export function startProgress(outlook: Outlook, about: string): Progress {
  const began = performance.now();
  const toGo = () => {
    const left = outlook.left();
    return left === undefined ? '' : `${about} ${clock(left)} to go`;
  };
  if (!process.stderr.isTTY) {
    const line = (title: string) => {
      const gone = `after ${clock((performance.now() - began) / 1000)}`;
      const rest = toGo();
      process.stderr.write(`bench: ${title}${rest === '' ? '' : ` (${gone}, ${rest})`}\n`);
    };
    return { begin: line, step: () => {}, end: () => {} };
  }
  const bar = new SingleBar({
    format: '{bar} {value}/{total} {duration_formatted} {rest} {what}',
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    // A stopped run prints what there is; the bar must not end the process before.
    gracefulExit: false,
  });
  bar.start(outlook.planned, 0, { what: '', rest: '' });
  return {
    begin: (title) => bar.update({ what: title, rest: toGo() }),
    step: (what) => {
      bar.setTotal(outlook.planned);
      bar.increment({ what, rest: toGo() });
    },
    end: () => bar.stop(),
  };
}
