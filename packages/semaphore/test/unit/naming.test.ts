import { inspect } from 'node:util';
import { Semaphore } from '@eventfd/semaphore';
import { expect, test } from 'vitest';

test('inspect shows name and state', async () => {
  const semaphore = new Semaphore(3, { name: 'db' });
  const permit = semaphore.acquireSync({ permits: 2 });
  const wait = semaphore.acquire({ permits: 2 });
  expect(inspect(semaphore)).toBe('Semaphore "db" { available: 1, permits: 3, waiting: 1 }');
  permit.release();
  await wait;
  semaphore.close();
  expect(inspect(semaphore)).toBe('Semaphore "db" { closed: true, available: 1, permits: 3, waiting: 0 }');
  expect(inspect(new Semaphore(0))).toBe('Semaphore { available: 0, permits: 0, waiting: 0 }');
  expect(inspect({ deep: { semaphore: new Semaphore(1) } })).toContain('Semaphore { available: 1');
});

test('the name travels with the handle and stands in errors', () => {
  const semaphore = new Semaphore(0, { name: 'say "db"' });
  const twin = Semaphore.from(structuredClone(semaphore));
  expect([twin.name, `${twin}`]).toEqual(['say "db"', 'Semaphore "say \\"db\\""']);
  expect(() => twin.acquireSync({ timeout: 0 })).toThrow(/acquireSync\(\) of Semaphore "say \\"db\\""/);
  twin.close();
  expect(() => semaphore.tryAcquire()).toThrow(/^Semaphore "say \\"db\\"" is closed;/);
  expect(() => semaphore.grow(2 ** 29 - 1)).not.toThrow();
  expect(() => semaphore.grow(1)).toThrow(/Semaphore "say/);
});

test('any text is a name', () => {
  for (const name of ['', '\0', 'ü\u{1F512}', '\ud800', 'x'.repeat(100_000)]) {
    expect(Semaphore.from(new Semaphore(1, { name })).name).toBe(name);
  }
  expect(new Semaphore(1, { name: undefined }).name).toBeUndefined();
});

test("kind and fairness are the object's, whoever attaches it", () => {
  expect(Semaphore.from(new Semaphore(1, { fair: true })).fair).toBe(true);
  expect(Semaphore.from(new Semaphore(1)).fair).toBe(false);
  expect(new Semaphore(1).handle.kind).toBe('Semaphore');
});
