/** Loaded with every class, for its effect: takes part in the trace under way, or starts the one EVENTFD_TRACE asks for. */

import { resolve } from 'node:path';
import process from 'node:process';
import { isMainThread } from 'node:worker_threads';
import { warn } from '../core/warn.js';
import { withPart } from './file.js';
import { startTraceIn } from './start.js';
import { join } from './tracing.js';

const env: { EVENTFD_TRACE?: string | undefined } = process.env;
const file = env.EVENTFD_TRACE;

try {
  if (!join() && isMainThread && file) {
    startTraceIn(file, true);
    // What children inherit, also those that begin when this process has ended: a name that is never another's.
    if (!file.includes('%p')) env.EVENTFD_TRACE = withPart(resolve(file), '%p');
  }
} catch (error) {
  // A program is not to fail for want of its picture.
  warn(`There is no trace of this thread: ${(error as Error).message}`);
}
