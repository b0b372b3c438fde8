/** What is measured is what the case says it is: each metric, by each subject that claims to have a way. */
import { describe, expect, it } from 'vitest';
import { caseOf, cases } from '../dist/cases/index.js';
import { buildFloor } from '../dist/harness/floor.js';
import { runOnce } from '../dist/harness/spawn.js';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const programs = { node: process.execPath, version: [major, minor], floor: buildFloor() } as const;

async function figuresOf(id: string, subject: string, point?: Record<string, number>) {
  const theCase = caseOf(id);
  const at = point ?? theCase?.points.find((each) => theCase.subjects[subject]?.at?.(each) ?? true);
  if (theCase === undefined || at === undefined) throw new Error(`No ${subject} in ${id}`);
  const outcome = await runOnce(programs, theCase, subject, at);
  if ('missing' in outcome) throw new Error(outcome.missing);
  return { figures: outcome.figures, metrics: Object.keys(theCase.metrics) };
}

describe('the C floor', () => {
  const ways = cases.flatMap(({ id, subjects }) =>
    Object.entries(subjects).flatMap(([subject, { way }]) => ('floor' in way ? [[id, subject] as const] : [])),
  );

  it.each(ways)('does %s as %s', async (id, subject) => {
    const { figures, metrics } = await figuresOf(id, subject);
    expect(Object.keys(figures).sort()).toEqual([...metrics].sort());
    for (const [name, figure] of Object.entries(figures)) expect(figure, name).toBeGreaterThanOrEqual(0);
  });
});

describe('a worker', () => {
  it.each([
    ['uncontended-sync', 'wasm-alone'],
    ['contended', 'ours'],
    ['contended', 'ours-fair'],
    ['contended', 'atomics-spin'],
    ['contended-rwlock', 'ours'],
    ['contended-rwlock', 'atomics'],
    ['rarely-contended', 'ours'],
    ['rarely-contended', 'atomics'],
    ['import', 'ours'],
    ['lease', 'ours-leased-machine'],
    ['import', 'noop'],
  ])('does %s as %s', async (id, subject) => {
    const { figures, metrics } = await figuresOf(id, subject);
    expect(Object.keys(figures).sort()).toEqual([...metrics].sort());
    for (const [name, figure] of Object.entries(figures)) expect(figure, name).toBeGreaterThanOrEqual(0);
  });

  it.each(['ours', 'waker-pipe', 'waker-async', 'waker-futex', 'atomics'])('is woken, as %s', async (subject) => {
    const { figures, metrics } = await figuresOf('wakers', subject, { terminations: 2 });
    expect(Object.keys(figures).sort()).toEqual([...metrics].sort());
    for (const [name, figure] of Object.entries(figures)) expect(figure, name).toBeGreaterThan(0);
  });

  it('says what is missing where the server that it needs is not installed', async () => {
    const { PATH } = process.env;
    process.env['PATH'] = '/nonexistent';
    try {
      await expect(figuresOf('lease', 'ours-leased')).rejects.toThrow('needs redis-server');
    } finally {
      process.env['PATH'] = PATH;
    }
  });

  it('waits for others where it is not alone, with no section too', async () => {
    for (const section of [0, 10]) {
      const { figures } = await figuresOf('contended', 'atomics', { section, workers: 4 });
      expect(figures['most']).toBeGreaterThan(0);
      expect(figures['fairness']).toBeGreaterThan(0);
    }
  });
});
