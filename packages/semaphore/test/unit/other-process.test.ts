import { expect, test } from 'vitest';
import { output } from '../support/child.js';

test('what was sent to another process says there that it is of another one, and names what crosses processes', async () => {
  const {
    EventFd,
    FdSemaphore,
    Permit,
    'Mutex by name': named,
    ...others
  } = JSON.parse(await output('other-process.mjs'));
  expect(Object.keys(others)).toHaveLength(10);
  for (const said of Object.values(others)) {
    expect(said).toMatch(
      /^ERR_INVALID_HANDLE: .*JSON.* another process.* thread of the process .*EventFd.*stdio.*@eventfd\/lease/,
    );
  }
  expect(named).toMatch(/^ERR_INVALID_HANDLE: .* named .* thread of the process .*EventFd.*stdio.*@eventfd\/lease/);
  for (const said of [EventFd, FdSemaphore]) expect(said).toMatch(/^ERR_INVALID_HANDLE: .* of another process.*stdio/);
  expect(Permit).toMatch(/^ERR_INVALID_HANDLE: .*empty object.*Permit.* stays in its thread/);
});
