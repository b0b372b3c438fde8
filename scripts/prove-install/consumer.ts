// A stranger's first TypeScript: every public name, as a program would use it. It must type-check with skipLibCheck off.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Barrier,
  type BarrierWaitResult,
  Condition,
  Event,
  FdSemaphore,
  inspect,
  Latch,
  Mutex,
  type ObjectState,
  type Permit,
  RwLock,
  Semaphore,
  Signal,
  TimeoutError,
} from '@eventfd/semaphore';
import { EventFd, eventfd, eventfdRead, eventfdWrite } from 'eventfd';

const semaphore = new Semaphore(1, { name: 'typed', fair: true });
const permit: Permit = await semaphore.acquire({ timeout: 1000, signal: AbortSignal.timeout(1000) });
const refused: unknown = await semaphore.acquire({ timeout: 1 }).catch((error: unknown) => error);
if (!(refused instanceof TimeoutError) || refused.code !== 'ERR_TIMEOUT') throw new Error('no TimeoutError');
permit.release();
const doubled: number = await semaphore.run(async () => 21 * 2);

const mutex = new Mutex();
const condition = new Condition(mutex);
const guard = mutex.lockSync();
let ready = false;
setImmediate(() => {
  ready = true;
  condition.notifyAll();
});
await condition.waitFor(guard, () => ready);
guard.unlock();

const lock = new RwLock();
lock.writeSync().downgrade().unlock();
const signal = new Signal();
signal.post(2);
const event = new Event({ autoReset: true });
event.set();
const latch = new Latch(1);
latch.countDown();
await Promise.all([signal.wait(), event.wait(), latch.wait(), sleep(1)]);
const barrier: BarrierWaitResult = await new Barrier(1).wait();

const counter = new EventFd(3, { semaphore: true });
const across = new FdSemaphore(counter).tryAcquire();
across?.release();
const fd: number = eventfd(0);
eventfdWrite(fd, 5n);
const value: bigint = eventfdRead(fd);
const states: ObjectState[] = [...inspect()];
console.log(
  `typed: ${doubled} ${barrier.leader} ${value} ${counter.tryRead()} ${states.some(({ name }) => name === 'typed')}`,
);
