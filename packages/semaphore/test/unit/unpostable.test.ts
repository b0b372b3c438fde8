import { expect, test } from 'vitest';
import { output } from '../support/child.js';

const holds = ['Permit', 'tracked Permit', 'released Permit', 'MutexGuard', 'ReadGuard', 'WriteGuard', 'FdPermit'];

test('what is held refuses to be posted, whichever way, and says what to post; JSON and console.log do not mind', async () => {
  const refused = new Array(4).fill('TypeError,ERR_NOT_POSTABLE,true');
  expect(JSON.parse(await output('unpostable.mjs'))).toEqual(
    Object.fromEntries(holds.map((name) => [name, { refused, json: '{}', logged: true }])),
  );
});
