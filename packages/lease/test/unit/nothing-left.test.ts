import { lease } from '@eventfd/lease';
import { machine } from '@eventfd/lease/machine';
import { Event, inspect } from '@eventfd/semaphore';
import { expect, test } from 'vitest';
import { until } from '../../../semaphore/test/support/deadline.js';

const engine = machine({ namespace: `left-${process.pid}` });
const CELL_BYTES = 64;
const objects = () => inspect().map(({ kind, name }) => `${kind} ${name}`);

test('a lease that is closed leaves nothing in shared memory, and neither does one that was refused', async () => {
  const other = await lease('other', { permits: 1, engine });
  const before = objects();
  const LEASES = 20;
  const cells: number[] = [];
  for (let i = 0; i < LEASES; i++) {
    const leased = await lease('a', { permits: 2, engine });
    (await leased.semaphore.acquire()).release();
    const { signal, semaphore } = leased;
    await expect(lease('a', { permits: 3, engine })).rejects.toMatchObject({ code: 'ERR_LEASE_MISMATCH' });
    await leased.close();
    expect([signal.aborted, leased.signal.aborted, leased.state, leased.held]).toEqual([true, true, 'lost', 0]);
    await expect(semaphore.acquire()).rejects.toMatchObject({ code: 'ERR_SEMAPHORE_CLOSED' });
    await until('nothing is left', () => objects().length === before.length, { objects });
    const event = new Event();
    cells.push(event.handle.cell);
    event[Symbol.dispose]();
  }
  expect(objects()).toEqual(before);
  // Their memory, of which each had four cells, is used again, though the keeper has another lease and lives on. One may wait for garbage collection.
  expect((Math.max(...cells) - Math.min(...cells)) / CELL_BYTES).toBeLessThan(2 * LEASES);
  await other.close();
  await until('nothing is left', () => objects().length === 0, { objects });
});
