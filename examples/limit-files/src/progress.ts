import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  step(): void;
  end(): void;
}

/** On stderr: a bar on a terminal, else a line for every quarter. */
export function progress(what: string, total: number): Progress {
  return process.stderr.isTTY ? bar(what, total) : lines(what, total);
}

function bar(what: string, total: number): Progress {
  const format = `${what} {bar} {percentage}% | {value} of {total} bundles | {eta_formatted} left`;
  const bar = new SingleBar({ format, clearOnComplete: true }, Presets.shades_classic);
  bar.start(total, 0);
  return { step: () => bar.increment(), end: () => bar.stop() };
}

function lines(what: string, total: number): Progress {
  let done = 0;
  const quarter = Math.max(1, Math.ceil(total / 4));
  return {
    step() {
      done++;
      if (done % quarter === 0 || done === total) console.error(`${what} ${done} of ${total} bundles`);
    },
    end() {},
  };
}
