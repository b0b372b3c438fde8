/** Everything, for who evaluates the packages several times. */
export * from '@eventfd/semaphore';
export { limit, task } from '@eventfd/semaphore/piscina';
export { startTrace } from '@eventfd/semaphore/trace';
export { EventFd } from 'eventfd';
