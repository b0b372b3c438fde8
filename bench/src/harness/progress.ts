/** A bar on a terminal, a line for each case elsewhere. */
import { SingleBar } from 'cli-progress';

export interface Progress {
  begin(title: string): void;
  step(what: string): void;
  end(): void;
}

export function startProgress(total: number): Progress {
  if (!process.stderr.isTTY) {
    return { begin: (title) => process.stderr.write(`bench: ${title}\n`), step: () => {}, end: () => {} };
  }
  const bar = new SingleBar({
    format: '{bar} {value}/{total} {duration_formatted} {what}',
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
  });
  bar.start(total, 0, { what: '' });
  return {
    begin: (title) => bar.update({ what: title }),
    step: (what) => bar.increment({ what }),
    end: () => bar.stop(),
  };
}
