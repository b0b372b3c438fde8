import { expect, test } from 'vitest';
import { output } from '../support/child.js';

test.each([['with WebAssembly'], ['without', '--jitless']])(
  'workers whose main thread never loaded the package find one object by its name, and survive each other, %s',
  async (_, ...flags) => {
    const steps = JSON.parse(await output('names-siblings.mjs', [], ['--expose-gc', ...flags]));
    expect(Object.keys(steps)).toEqual([
      'the same object',
      'holder and waiter are seen',
      'handed over',
      'a dead owner',
      'a dead holder',
      'collected',
      'freed by the last death',
    ]);
  },
);
