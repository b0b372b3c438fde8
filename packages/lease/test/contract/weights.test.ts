import { lease } from '@eventfd/lease';
import { expect, test } from 'vitest';
import { within } from '../../../semaphore/test/support/deadline.js';
import { engineOf, subjects } from '../support/engines.js';
import { newName } from '../support/tenant.js';

test.each(subjects)('$title: several permits at once', async (subject) => {
  const leased = await lease(newName(), { permits: 7, engine: await engineOf(subject) });
  const permit = await within('five at once', leased.semaphore.acquire({ permits: 5 }));
  expect(permit.count).toBe(5);
  const two = await within('two more', leased.semaphore.acquire({ permits: 2 }));
  permit.release();
  two.release();
  await expect(leased.run(() => {}, { permits: 8 })).rejects.toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
  await leased.close();
});
