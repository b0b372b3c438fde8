/** The command line. */
import { parseArgs } from 'node:util';
import { cases } from '../cases/index.js';
import { subjects } from '../subjects/index.js';
import { Failure } from './failure.js';

export interface Arguments {
  readonly cases: readonly string[];
  readonly subjects: readonly string[];
  readonly nodes: readonly string[];
  readonly quick: boolean;
  readonly check: boolean;
  /** With `check`: after so many no further round begins. */
  readonly minutes: number;
  /** A file of earlier results, to make its page again. */
  readonly report: string | undefined;
  readonly list: boolean;
  readonly help: boolean;
}

/** What `--check` takes on a machine of two cores. */
const CHECK_MINUTES = 10;

export const USAGE = `Usage: pnpm bench [options]

  --case <id,...>      only these cases
  --subject <id,...>   only these subjects
  --node <20,22,...>   on these Nodes, one after the other; by default the one that runs this
  --quick              fewer rounds, points and subjects: under a minute, and rougher
  --check              the bounds the project is held to, of all cases or those given: each with both sides' figures; exit
                       code 1 when one is not held
  --minutes <n>        with --check: how long it may take on each Node, after a first round of everything; ${CHECK_MINUTES} by default
  --report <file>      measures nothing: makes the HTML page of an earlier run's JSON again, beside it
  --list               the cases and their subjects
  --help               this

Results go to bench/results/: JSON, written anew whenever a setting has been measured, and an HTML report beside it.
A run that is stopped (SIGINT, SIGTERM) prints what there is.`;

export function parse(argv: readonly string[]): Arguments {
  const { values } = readOptions(argv);
  const nodes = split(values.node);
  for (const node of nodes) {
    if (!/^\d+$/.test(node)) throw new Failure(`--node takes major versions such as 20,26; got "${node}"`);
  }
  const minutes = Number(values.minutes ?? CHECK_MINUTES);
  if (!(minutes > 0)) throw new Failure(`--minutes takes a number above 0; got "${values.minutes}"`);
  if (values.check && (values.quick || values.subject.length > 0)) {
    throw new Failure('--check measures what its bounds need: it goes with neither --quick nor --subject');
  }
  if (values.minutes !== undefined && !values.check) throw new Failure('--minutes is for --check');
  return {
    cases: known(
      'case',
      split(values.case),
      cases.map(({ id }) => id),
    ),
    subjects: known('subject', split(values.subject), Object.keys(subjects)),
    nodes,
    quick: values.quick,
    check: values.check,
    minutes,
    report: values.report,
    list: values.list,
    help: values.help,
  };
}

function readOptions(argv: readonly string[]) {
  try {
    return parseArgs({
      args: argv.filter((argument) => argument !== '--'),
      options: {
        case: { type: 'string', multiple: true, default: [] },
        subject: { type: 'string', multiple: true, default: [] },
        node: { type: 'string', multiple: true, default: [] },
        quick: { type: 'boolean', default: false },
        check: { type: 'boolean', default: false },
        minutes: { type: 'string' },
        report: { type: 'string' },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new Failure((error as Error).message);
  }
}

function split(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(',')).filter((value) => value !== '');
}

function known(option: string, given: readonly string[], all: readonly string[]): readonly string[] {
  for (const name of given) {
    if (!all.includes(name)) throw new Failure(`There is no ${option} "${name}"; there are: ${all.join(', ')}`);
  }
  return given;
}
