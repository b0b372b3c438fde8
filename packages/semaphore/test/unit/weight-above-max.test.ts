import { Semaphore } from '@eventfd/semaphore';
import { expect, test } from 'vitest';

const refused = expect.objectContaining({ name: 'RangeError', code: 'ERR_OUT_OF_RANGE' });

test('a wait for more permits than there may ever be is refused, and not begun', async () => {
  const semaphore = new Semaphore(1, { max: 3, name: 'small' });
  expect(() => semaphore.acquireSync({ permits: 4 })).toThrow(refused);
  await expect(semaphore.acquire({ permits: 4 })).rejects.toThrow(
    /"options.permits".*max of Semaphore "small", 3.*Received 4/,
  );
  await expect(semaphore.run(() => 'never', { permits: 4 })).rejects.toEqual(refused);
  expect(semaphore.waiting).toBe(0);
});

test('up to there it waits for them to be added', async () => {
  const semaphore = new Semaphore(1, { max: 3 });
  const wait = semaphore.acquire({ permits: 3 });
  semaphore.grow(2);
  expect((await wait).count).toBe(3);
});

test('a disposed semaphore is closed, whatever is asked of it', async () => {
  const semaphore = new Semaphore(1, { max: 3 });
  semaphore[Symbol.dispose]();
  await expect(semaphore.acquire({ permits: 9 })).rejects.toMatchObject({ code: 'ERR_SEMAPHORE_CLOSED' });
});
