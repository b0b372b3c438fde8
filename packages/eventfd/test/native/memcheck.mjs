// The core under valgrind's memcheck, which sees what no sanitizer of g++ does: a value that was never written. And with
// bugs put in on purpose, each of which must be reported.
import { join } from 'node:path';
import { mutatedCore } from './mutant.mjs';

const MEMCHECK = ['valgrind', '--quiet', '--error-exitcode=99', '--leak-check=full', '--fair-sched=yes'];
const FLAGS = ['-O1', '-g'];

const bugs = [
  {
    name: 'a flag of a thread is never given a value',
    file: 'waiter.h',
    find: 'bool retired_ = false;',
    replace: 'bool retired_;',
    says: /depends on uninitialised value/,
  },
  {
    name: 'a thread is let go of twice',
    file: 'participant.h',
    find: '  ~Participant() { thread_->Unref(); }',
    replace: '  ~Participant() { thread_->Unref(); thread_->Unref(); }',
    says: /Invalid (read|write)/,
  },
  {
    name: 'a thread is never let go of',
    file: 'participant.h',
    find: '  ~Participant() { thread_->Unref(); }',
    replace: '  ~Participant() {}',
    says: /definitely lost/,
  },
];

/** What scripts/native-tests.mjs runs. */
export function memcheckSuites(native, cache, seed) {
  const seeded = bugs.map(({ name, file, find, replace, says }, index) => ({
    name: `memcheck-bug-${index + 1}`,
    title: `memcheck: ${name}`,
    from: 'unit',
    flags: FLAGS,
    args: [],
    under: MEMCHECK,
    include: () => mutatedCore(native, join(cache, `memcheck-bug-${index + 1}`), { name, file, find, replace }),
    judge: (status, output) =>
      status === 0 ? 'not reported' : says.test(output) ? '' : `reported as something else: ${status}`,
    tell: (output) => says.exec(output)[0],
  }));
  return [
    ...seeded,
    { name: 'memcheck-unit', from: 'unit', flags: FLAGS, args: [], under: MEMCHECK },
    { name: 'memcheck-stress', from: 'stress', flags: FLAGS, args: () => [seed(), '5'], under: MEMCHECK },
    { name: 'memcheck-model', from: 'model', flags: FLAGS, args: ['quick', '', 'scenarios'], under: MEMCHECK },
    { name: 'memcheck-sequences', from: 'model', flags: FLAGS, args: ['quick', '', 'sequences'], under: MEMCHECK },
  ];
}
