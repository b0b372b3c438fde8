/** Errors, as expected values. */
import { expect } from 'vitest';

export const invalidType = (name: string, received: string) =>
  expect.objectContaining({
    name: 'TypeError',
    code: 'ERR_INVALID_ARG_TYPE',
    message: expect.stringMatching(new RegExp(`"${name}" argument must be .*Received ${received}`)),
  });

export const outOfRange = (name: string, received: unknown) =>
  expect.objectContaining({
    name: 'RangeError',
    code: 'ERR_OUT_OF_RANGE',
    message: expect.stringMatching(new RegExp(`"${name}" is out of range.*Received ${String(received)}`)),
  });

export const timedOut = expect.objectContaining({ name: 'TimeoutError', code: 'ERR_TIMEOUT' });
export const queueFull = expect.objectContaining({ name: 'QueueFullError', code: 'ERR_QUEUE_FULL' });
export const closed = expect.objectContaining({ name: 'ClosedError', code: 'ERR_SEMAPHORE_CLOSED' });
export const invalidHandle = expect.objectContaining({ name: 'InvalidHandleError', code: 'ERR_INVALID_HANDLE' });

export const coded = (code: string) => expect.objectContaining({ code });
