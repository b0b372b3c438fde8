// ESM, as the newer half of a program is.
import { plain } from './app/scenarios.mjs';

export { Condition, Mutex, Semaphore } from '@eventfd/semaphore';
export const scenarios = plain;
