/** What `@eventfd/semaphore` builds on. Not for users: no version keeps it stable. */
export * from './errors.js';
export * from './validate.js';
