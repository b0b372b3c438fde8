import { expect, test } from 'vitest';
import { output } from '../support/child.js';

test('install() puts it at navigator.locks, beside what is there, whatever the Node', async () => {
  expect(JSON.parse(await output('web-locks-install.mjs'))).toEqual({
    before: 'not ours',
    after: 'ours',
    again: 'ours',
    interfaces: ['function', 'function'],
    isLock: true,
    concurrency: 'as before',
  });
});
