import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from '../dist/harness/args.js';
import { Failure } from '../dist/harness/failure.js';
import { canRun } from '../dist/harness/schedule.js';
import { plansOf } from '../dist/measuring.js';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const bench = (...args: string[]) => spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });

describe('the command line', () => {
  it('takes lists by commas and by repetition', () => {
    const args = parse([
      '--case',
      'uncontended-sync',
      '--subject',
      'ours,noop',
      '--subject',
      'atomics',
      '--node=20,26',
    ]);
    expect(args.cases).toEqual(['uncontended-sync']);
    expect(args.subjects).toEqual(['ours', 'noop', 'atomics']);
    expect(args.nodes).toEqual(['20', '26']);
    expect(args.quick).toBe(false);
  });

  it('passes over the dashes that a package manager may leave', () => {
    expect(parse(['--', '--quick']).quick).toBe(true);
  });

  it.each([
    [['--case', 'nope'], 'There is no case "nope"; there are: uncontended-sync'],
    [['--subject', 'nope'], 'There is no subject "nope"; there are: ours'],
    [['--node', 'latest'], '--node takes major versions such as 20,26; got "latest"'],
    [['--nope'], "Unknown option '--nope'"],
    [['nope'], "Unexpected argument 'nope'"],
    [['--check', '--minutes', 'soon'], '--minutes takes a number above 0; got "soon"'],
    [['--minutes', '3'], '--minutes is for --check'],
    [['--check', '--quick'], '--check measures what its bounds need: it goes with neither --quick nor --subject'],
    [['--check', '--subject', 'ours'], '--check measures what its bounds need'],
  ])('refuses %j', (argv, message) => {
    expect(() => parse(argv)).toThrow(Failure);
    expect(() => parse(argv)).toThrow(message);
  });

  it('looks quickly at deaths too, ours and those of Atomics', () => {
    const death = plansOf(parse(['--quick'])).find((plan) => plan.case.id === 'death');
    expect(death?.rounds).toBe(1);
    const run = death?.subjects.filter((subject) => canRun(death.case, subject));
    expect(run).toEqual(['ours', 'wait-async']);
  });

  it('leaves out, in a quick look, whole cases that tell least; not those that are named', () => {
    const quick = plansOf(parse(['--quick'])).map((plan) => plan.case.id);
    expect(quick).toEqual(expect.arrayContaining(['uncontended-sync', 'contended', 'rarely-contended', 'death']));
    expect(quick).not.toContain('names');
    expect(plansOf(parse(['--quick', '--case', 'names'])).map((plan) => plan.case.id)).toEqual(['names']);
    expect(plansOf(parse([])).map((plan) => plan.case.id)).toContain('names');
  });

  it('says what is wrong and exits with 2, without a stack', () => {
    const { status, stderr, stdout } = bench('--case', 'nope');
    expect(status).toBe(2);
    expect(stderr).toMatch(/^bench: There is no case "nope"/);
    expect(stderr).not.toContain('    at ');
    expect(stdout).toBe('');
  });

  it.each(['/nowhere.json', fileURLToPath(new URL('../package.json', import.meta.url))])(
    'refuses to report %s',
    (file) => {
      const { status, stderr } = bench('--report', file);
      expect(status).toBe(2);
      expect(stderr).toMatch(/^bench: \/.* is no file of results: /);
      expect(stderr).not.toContain('    at ');
    },
  );

  it('refuses to check cases on which there is no bound', () => {
    const { status, stderr } = bench('--check', '--case', 'storm');
    expect(status).toBe(2);
    expect(stderr).toContain('There is no bound on these cases');
  });

  it('refuses subjects that none of the cases has', () => {
    const { status, stderr } = bench('--case', 'uncontended-sync', '--subject', 'piscina');
    expect(status).toBe(2);
    expect(stderr).toContain('None of these subjects is in these cases');
  });
});
