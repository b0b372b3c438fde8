import { expect, test } from 'vitest';
import { output } from '../support/child.js';

// Without V8's compilers every call is one, and every call is a place to be torn at.
const INTERPRETED = ['--no-opt', '--no-sparkplug', '--no-maglev'];
// Since Node 22 V8 also looks at the end of a WebAssembly function at the moment when it decides to optimize that: once.
const OPTIMIZED_AT_ONCE = '--no-wasm-dynamic-tiering';

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

test.each(METHODS)(
  'torn by a vm timeout, %s claims what the thread holds, and holds what is claimed',
  async (method) => {
    for (const flags of [[], INTERPRETED]) {
      expect(JSON.parse(await output('torn-holds.mjs', [method], [OPTIMIZED_AT_ONCE, ...flags]))).toEqual({
        torn: 200,
      });
    }
  },
);
