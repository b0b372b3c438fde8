import { expect, test } from 'vitest';
import { output } from '../support/child.js';

// Without V8's compilers every call is one, and every call is a place to be torn at.
const INTERPRETED = ['--no-opt', '--no-sparkplug', '--no-maglev'];

const METHODS = [
  'tryAcquire',
  'acquireSync',
  'release',
  'forget',
  'split',
  'merge',
  'mutex',
  'lockSync',
  'read',
  'write',
  'downgrade',
  'condition',
];

test.each(METHODS)('torn by a vm timeout, %s claims what the thread holds, and holds what is claimed', async (method) => {
  for (const flags of [[], INTERPRETED]) {
    expect(JSON.parse(await output('torn-holds.mjs', [method], flags))).toEqual({ torn: 500 });
  }
});
