// Node's timers count whole milliseconds, and fire up to one of them early. A timeout does not.
import { EventFd } from 'eventfd';
import { expect, test } from 'vitest';

test('a wait never times out before its time, whole milliseconds or not', async () => {
  using efd = new EventFd(0);
  const early: string[] = [];
  for (let i = 0; i < 300; i++) {
    const timeout = 1 + (i % 10) / 4;
    const begun = performance.now();
    await expect(efd.read({ timeout })).rejects.toMatchObject({ code: 'ERR_TIMEOUT' });
    const lasted = performance.now() - begun;
    if (lasted < timeout) early.push(`${timeout} ms: ${lasted}`);
  }
  expect(early).toEqual([]);
});
