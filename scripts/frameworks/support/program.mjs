// What a program does with the library in one of several processes: all the scenarios, and then it holds the only permit of a
// semaphore that the others open by the same name.
import { Semaphore } from '@eventfd/semaphore';
import { plain } from '../scenarios/scenarios.mjs';

/** The scenarios that went well, and whether the permit was free. */
export async function work() {
  const passed = [];
  for (const [name, scenario] of Object.entries(plain)) {
    await scenario();
    passed.push(name);
  }
  return { pid: process.pid, passed, holds: Semaphore.open('the only one', 1).tryAcquire() !== undefined };
}
