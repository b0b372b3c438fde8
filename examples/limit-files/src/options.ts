import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { InputError } from './errors.js';

const MOST_WORKERS = 128;
const MIB = 2 ** 20;

/** So much is done without being asked for: with the pass that verifies, well under a minute on two cores. */
export const SMALL = 64 * MIB;

export const HELP = `Hashes (SHA-256) and compresses (brotli) every file under a directory in a Piscina pool, while a
semaphore shared by the workers lets only so many of them work at once.

  --dir <path>      the directory (default: this repository's node_modules, its smallest files up to ${SMALL / MIB} MiB)
  --limit <n>       how many workers may work at once (default: 4)
  --workers <n>     how many workers there are, more than the limit (default: twice the limit)
  --kill            terminate a worker while it holds a permit, and lose nothing
  --verify          do it all once more in a single thread, and compare (default: up to ${SMALL / MIB} MiB)
  --no-verify       do not
  --help            this text

Symbolic links are not followed; what is no regular file is left out.
Exit code: 0 done; 1 a result is wrong; 2 an option or a file is.`;

export interface Options {
  readonly dir: string;
  /** How many bytes to take at most. */
  readonly most: number;
  readonly limit: number;
  readonly workers: number;
  readonly kill: boolean;
  /** `undefined`: when there is little to verify. */
  readonly verify: boolean | undefined;
  readonly help: boolean;
}

export function parseOptions(args: string[]): Options {
  const values = parse(args);
  if (values.verify && values['no-verify']) throw new InputError('--verify and --no-verify exclude each other');
  if (values.dir === '') throw new InputError('--dir must name a directory');
  const limit = wholeNumber('--limit', values.limit, 1, MOST_WORKERS - 1) ?? 4;
  const workers = wholeNumber('--workers', values.workers, 1, MOST_WORKERS) ?? Math.min(2 * limit, MOST_WORKERS);
  if (workers <= limit) throw new InputError(`--workers ${workers} must be more than --limit ${limit}`);
  return {
    dir: values.dir ?? fileURLToPath(new URL('../../../node_modules', import.meta.url)),
    most: values.dir === undefined ? SMALL : Number.POSITIVE_INFINITY,
    limit,
    workers,
    kill: values.kill ?? false,
    verify: values.verify ?? (values['no-verify'] ? false : undefined),
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
        'no-verify': { type: 'boolean' },
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
