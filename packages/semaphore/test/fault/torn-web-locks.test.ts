import { expect, test } from 'vitest';
import { output } from '../support/child.js';

// Without V8's compilers every call is one, and every call is a place to be torn at.
const INTERPRETED = ['--no-opt', '--no-sparkplug', '--no-maglev'];

test.each(['free', 'waits', 'steals'])(
  'torn by a vm timeout, a request for a Web Lock (%s) leaves nothing held, and nothing in a queue',
  async (way) => {
    for (const flags of [[], INTERPRETED]) {
      expect(JSON.parse(await output('torn-web-locks.mjs', [way], flags))).toEqual({ torn: 200 });
    }
  },
);
