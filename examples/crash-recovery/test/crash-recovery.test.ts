import { expect, test } from 'vitest';
import { example } from '../../support/example.js';

test('the next owner is told of the death, and repairs what it left behind', async () => {
  expect(await example('crash-recovery')).toEqual({
    code: 0,
    stderr: '',
    stdout: [
      'Atomics: the lock is still locked 200 ms after its holder died, and will be for ever',
      'Mutex:   the worker died half way: 3900 of 4000 are there',
      'Mutex:   the next owner has the lock; abandoned: true',
      'Mutex:   repaired: 4000 of 4000 are there; abandoned: false',
      'Semaphore: 2 of 2 permits; the dead worker held one',
      '',
    ].join('\n'),
  });
});
