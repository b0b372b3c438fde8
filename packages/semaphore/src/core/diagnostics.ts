/**
 * Channels of `node:diagnostics_channel` that tell of waits. Without subscribers they cost a look at a boolean, and
 * uncontended acquires do not come here at all.
 */
import { type Channel, channel } from 'node:diagnostics_channel';
import { threadId } from 'node:worker_threads';
import { native } from 'eventfd/internal';
import type { Cell } from './cell.js';
import { amountOf, type LockMode } from './lock-mode.js';
import type { Target } from './wait.js';

/** What every channel publishes. */
export interface WaitMessage {
  /** The same on all messages of one wait, and unique in its thread. */
  readonly id: number;
  readonly threadId: number;
  readonly kind: string;
  readonly name: string | undefined;
  /** The object's `id`, as `inspect()` has it, too. */
  readonly objectId: string;
  /** The method that waits: "acquire", "lockSync", ... */
  readonly method: string;
  /** How many it wants; 0 where there are none to want. */
  readonly permits: number;
  /** Of an RwLock: what for. */
  readonly mode: LockMode | undefined;
  /** 0 to 7: the higher go first. */
  readonly priority: number;
}

/** What `eventfd:wait:long` publishes. */
export interface LongWaitMessage extends WaitMessage {
  /** For how long, in milliseconds, by now. */
  readonly waitedMs: number;
}

const channels = {
  start: channel('eventfd:wait:start'),
  granted: channel('eventfd:wait:granted'),
  timeout: channel('eventfd:wait:timeout'),
  abort: channel('eventfd:wait:abort'),
  /** It ended with an error of another kind: the object was closed, the barrier broke, a deadlock was found, ... */
  refused: channel('eventfd:wait:refused'),
};
const long: Channel = channel('eventfd:wait:long');
export const abandoned: Channel = channel('eventfd:abandoned');

export type WaitEvent = keyof typeof channels;

/** An id for a wait to publish its events under, unique in its thread. */
export function nextWaitId(): number {
  native.counts.waits = (native.counts.waits ?? 0) + 1;
  return native.counts.waits;
}

/** Whether somebody is told of each wait, however short. */
export function areWaitsWatched(): boolean {
  return channels.start.hasSubscribers || channels.granted.hasSubscribers;
}

export function publishWait(event: WaitEvent, id: number, target: Target<unknown>): void {
  const to = channels[event];
  if (to.hasSubscribers) to.publish(messageOf(id, target));
}

function messageOf(id: number, { cell, method, permits, priority = 0 }: Target<unknown>): WaitMessage {
  const { kind, handle, id: objectId } = cell;
  const amount = { mode: undefined, ...amountOf(kind, permits) };
  return { id, threadId, kind, name: handle.name, objectId, method, ...amount, priority };
}

/** It has lasted longer than `warnAfter`, or EVENTFD_WARN_AFTER, allows. */
export function publishLongWait(id: number, target: Target<unknown>, waitedMs: number): void {
  if (long.hasSubscribers) long.publish({ ...messageOf(id, target), waitedMs } satisfies LongWaitMessage);
}

/** A guard was given out whose last owner died. */
export function publishAbandoned({ kind, handle, id: objectId }: Cell): void {
  if (abandoned.hasSubscribers) abandoned.publish({ threadId, kind, name: handle.name, objectId });
}
