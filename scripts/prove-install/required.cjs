// CommonJS: Node 20.19 and newer can require() a module that has no top-level await, and these must have none.
const { Semaphore } = require('@eventfd/semaphore');
const { EventFd } = require('eventfd');

const semaphore = new Semaphore(1);
const permit = semaphore.tryAcquire();
const counter = new EventFd(7);
console.log(`required: ${semaphore.available} ${counter.tryRead()}`);
permit.release();
