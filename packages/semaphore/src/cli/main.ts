/** `npx @eventfd/semaphore inspect <pid>`: who holds what, and who waits for it, in a program that runs. */
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Failure } from './failure.js';
import { Inspector } from './inspector.js';
import { look, type Picture } from './picture.js';
import { textOf } from './report.js';
import { Target } from './target.js';

const HELP = `npx @eventfd/semaphore inspect <pid> [--stacks] [--watch] [--json]

Shows every object of @eventfd/semaphore in the process, and its Web Locks: who holds it, who waits for it and for how long, by thread, and the
cycle of threads that wait for each other, if there is one. Also of a process whose main thread is blocked in a lock.

  --stacks    where each thread is in JavaScript
  --watch     again every second, until Ctrl-C
  --json      for programs: an object in one line, for each look
  --help      this text

It sends SIGUSR1, upon which Node opens its inspector on a port of 127.0.0.1 (9229, or the process's --inspect-port), and
closes it again at the end, unless it was open before: for that long, other programs of this machine can connect to it, too, and
run code in the process. It needs /proc, the same user, and a main thread that runs JavaScript or waits for this package.
Exit code: 0 done; 1 it could not be looked into; 2 an argument is wrong.`;

interface Options {
  readonly pid: number;
  readonly stacks: boolean;
  readonly watch: boolean;
  readonly json: boolean;
}

const usage = (message: string) => new Failure(`${message} (see --help)`, 2);

function parse(args: string[]): Options | undefined {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        stacks: { type: 'boolean', default: false },
        watch: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const { help, ...options } = values;
    if (help) return undefined;
    const [command, pid, ...rest] = positionals;
    if (command !== 'inspect') throw usage(`the command must be inspect, not ${JSON.stringify(command ?? '')}`);
    if (pid === undefined || !/^[1-9]\d{0,9}$/.test(pid)) {
      throw usage(`<pid> must be the number of a process, not ${JSON.stringify(pid ?? '')}`);
    }
    if (rest.length > 0) throw usage(`there is nothing to do with ${JSON.stringify(rest[0])}`);
    return { pid: Number(pid), ...options };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw code?.startsWith('ERR_PARSE_ARGS_') ? usage(message.split('\n')[0] ?? message) : error;
  }
}

function show(picture: Picture, { json, watch }: Options): void {
  if (json) {
    console.log(JSON.stringify(picture));
    return;
  }
  if (watch && process.stdout.isTTY) console.clear();
  console.log(textOf(picture));
}

async function inspect(options: Options): Promise<void> {
  const target = Target.of(options.pid);
  let stopped = false;
  const stop = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        stopped = true;
        resolve();
      });
    }
  });
  const inspector = await Inspector.open(target);
  try {
    do {
      show(await look(target, inspector, options.stacks), options);
      if (options.watch) await Promise.race([sleep(1000, undefined, { ref: false }), stop]);
    } while (options.watch && !stopped);
  } catch (error) {
    // That comes first, even if the process does not answer to this either.
    await inspector.close().catch(() => {});
    throw error;
  }
  await inspector.close();
}

try {
  const options = parse(process.argv.slice(2));
  if (options === undefined) console.log(HELP);
  else await inspect(options);
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(`eventfd: ${error.message}`);
  process.exitCode = error.exitCode;
}
