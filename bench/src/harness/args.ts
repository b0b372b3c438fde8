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
  /** A file of earlier results, to make its page again. */
  readonly report: string | undefined;
  readonly list: boolean;
  readonly help: boolean;
}

export const USAGE = `Usage: pnpm bench [options]

  --case <id,...>      only these cases
  --subject <id,...>   only these subjects
  --node <20,22,...>   on these Nodes, one after the other; by default the one that runs this
  --quick              fewer rounds and points: under a minute, and rougher
  --check              the bounds the project is held to: each with both sides' figures; exit code 1 when one is not held
  --report <file>      measures nothing: makes the HTML page of an earlier run's JSON again, beside it
  --list               the cases and their subjects
  --help               this

Results go to bench/results/: JSON, and an HTML report beside it.`;

export function parse(argv: readonly string[]): Arguments {
  const { values } = readOptions(argv);
  const nodes = split(values.node);
  for (const node of nodes) {
    if (!/^\d+$/.test(node)) throw new Failure(`--node takes major versions such as 20,26; got "${node}"`);
  }
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
