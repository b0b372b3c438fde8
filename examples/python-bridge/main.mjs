// A Python child and this process wake each other, and share a limit, through descriptors of the kernel.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { FdSemaphore } from '@eventfd/semaphore';
import { EventFd } from 'eventfd';

const LIMIT = 2;

const requests = new EventFd();
const answers = new EventFd();
const limit = new FdSemaphore(new EventFd(LIMIT, { semaphore: true }));

function startPython() {
  const script = fileURLToPath(new URL('bridge.py', import.meta.url));
  // What follows stdin, stdout and stderr becomes the child's descriptors 3, 4 and 5.
  const stdio = ['ignore', 'inherit', 'inherit', requests.fd, answers.fd, limit.eventfd.fd];
  return spawn('python3', [script], { stdio });
}

async function main() {
  const python = startPython();
  await once(python, 'spawn');
  const ended = once(python, 'exit');

  // The counter carries a number, and writing it is the wake-up. `read` waits on the event loop, which stays free.
  for (let n = 1; n <= 5; n++) {
    await requests.write(n);
    console.log(`node: asked for the square of ${n}, got ${await answers.read({ timeout: 10_000 })}`);
  }

  // Both sides now take permits of one semaphore. The kernel counts, so the limit holds across processes; a permit that
  // a killed process held would be gone, though: nobody keeps book, as Semaphore does for threads.
  await requests.write(1);
  let taken = 0;
  const taker = async () => {
    for (let i = 0; i < 25; i++, taken++) await limit.run(() => new Promise(setImmediate));
  };
  await Promise.all([taker(), taker(), taker(), taker()]);
  console.log(`node: took ${taken} permits`);
  const [code] = await ended;
  console.log(`both: ${limit.available} of ${LIMIT} permits are free again; python ended with code ${code}`);
}

try {
  await main();
} catch (error) {
  if (error.syscall !== 'spawn python3') throw error;
  console.error('python-bridge: needs python3 on the PATH');
  process.exitCode = 2;
}
