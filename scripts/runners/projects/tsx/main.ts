// CommonJS, as the older half of a program is: tsx gives it a copy of the packages of its own.
import assert from 'node:assert/strict';
import { Condition, Mutex, Semaphore } from '@eventfd/semaphore';

async function main() {
  const made = new Semaphore(1, { name: 'made by CommonJS' });
  const held = made.acquireSync();
  const before = made.acquire({ timeout: 10_000 });
  const modern = await import('./modern.mjs');
  console.log(`tsx: ${modern.Semaphore === Semaphore ? 'one copy' : 'two copies'} of the modules`);
  const twin = modern.Semaphore.from(made);
  const after = twin.acquire({ timeout: 10_000 });
  assert.equal(made.waiting, 2);
  held.release();
  (await before).release();
  (await after).release();
  assert.deepEqual([made.available, twin.available], [1, 1]);
  new Condition(new modern.Mutex());
  new modern.Condition(new Mutex());

  for (const [name, scenario] of Object.entries(modern.scenarios)) {
    await scenario();
    console.log(`tsx: ${name}`);
  }
}

void main();
