/** The naive way: a descriptor of the kernel for each semaphore. No waiting room, no queue, no record of who holds what. */
import { FdSemaphore } from '@eventfd/semaphore';
import { EventFd } from 'eventfd';

/** A descriptor is closed with its last object, and one in a message does not count: kept until the process ends. */
const kept: EventFd[] = [];

export function makeNaive(permits: number): FdSemaphore {
  const eventfd = new EventFd(permits, { semaphore: true });
  kept.push(eventfd);
  return new FdSemaphore(eventfd);
}

export function attachNaive(payload: unknown): FdSemaphore {
  return FdSemaphore.from(payload as FdSemaphore);
}
