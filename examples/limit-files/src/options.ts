import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { InputError } from './errors.js';
import { BUNDLE } from './walk.js';

const MOST_WORKERS = 128;
const MIB = 2 ** 20;

/** So much is done without being asked for: both passes take well under half a minute on two cores. */
export const MOST = 576 * MIB;

export const HELP = `Hashes (SHA-256) and compresses (brotli) every file under a directory in a Piscina pool, in bundles of up to ${BUNDLE / MIB} MiB
that are in memory as a whole: first with all workers at once, then with a semaphore that lets only so many of them work. Prints how
long both took, how much memory, and how soon there was a first result.

  --dir <path>      the directory (default: this repository's node_modules, its largest files up to ${MOST / MIB} MiB)
  --limit <n>       how many workers may work at once in the second pass (default: 2)
  --workers <n>     how many workers there are, more than the limit (default: 8, or twice the limit)
  --kill            terminate a worker while it holds a permit, and lose nothing
  --verify          do it all once more in a single thread, and compare what comes out
  --help            this text

Symbolic links are not followed; what is no regular file is left out; what cannot be read is named, and the rest is done.
Exit code: 0 done; 1 a result is wrong, or a file could not be read; 2 an option is wrong, or the directory.`;

export interface Options {
  readonly dir: string;
  /** How many bytes to take at most. */
  readonly most: number;
  readonly limit: number;
  readonly workers: number;
  readonly kill: boolean;
  readonly verify: boolean;
  readonly help: boolean;
}

export function parseOptions(args: string[]): Options {
  const values = parse(args);
  if (values.dir === '') throw new InputError('--dir must name a directory');
  const limit = wholeNumber('--limit', values.limit, 1, MOST_WORKERS - 1) ?? 2;
  const workers =
    wholeNumber('--workers', values.workers, 1, MOST_WORKERS) ?? Math.min(Math.max(8, 2 * limit), MOST_WORKERS);
  if (workers <= limit) throw new InputError(`--workers ${workers} must be more than --limit ${limit}`);
  return {
    dir: values.dir ?? fileURLToPath(new URL('../../../node_modules', import.meta.url)),
    most: values.dir === undefined ? MOST : Number.POSITIVE_INFINITY,
    limit,
    workers,
    kill: values.kill ?? false,
    verify: values.verify ?? false,
    help: values.help ?? false,
  };
}

function parse(args: string[]) {
  try {
    const { values } = parseArgs({
      // Package managers hand over the `--` that separates their options from the script's.
      args: args[0] === '--' ? args.slice(1) : args,
      options: {
        dir: { type: 'string' },
        limit: { type: 'string' },
        workers: { type: 'string' },
        kill: { type: 'boolean' },
        verify: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
    return values;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code?.startsWith('ERR_PARSE_ARGS_')) throw new InputError(`${message.split('\n')[0]} (see --help)`);
    throw error;
  }
}

function wholeNumber(option: string, value: string | undefined, min: number, max: number): number | undefined {
  if (value === undefined) return undefined;
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new InputError(`${option} must be a whole number from ${min} to ${max}, not ${JSON.stringify(value)}`);
}
