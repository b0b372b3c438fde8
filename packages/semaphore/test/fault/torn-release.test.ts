import { expect, test } from 'vitest';
import { output } from '../support/child.js';

// Without V8's compilers every call is one, and every call is a place to be torn at.
const INTERPRETED = ['--no-opt', '--no-sparkplug', '--no-maglev'];

test.each([[[]], [INTERPRETED]])(
  'a release torn by a vm timeout wakes whom it freed permits for (node %j)',
  async (flags) => {
    expect(JSON.parse(await output('torn-release.mjs', [], flags))).toEqual({ torn: true });
  },
);
