// A callback that throws at once rejects the request, and the lock is held for ever.
import { setTimeout as sleep } from 'node:timers/promises';

const thrown = navigator.locks.request('x', () => {
  throw new Error('at once');
});
await thrown.catch(() => {});
const next = navigator.locks.request('x', () => 'granted');
const how = await Promise.race([next, sleep(1000, 'still waiting after a second')]);
console.log(how === 'granted' ? 'ok' : `FAILS: the next request is ${how}`);
process.exit();
