/** Loaded with every class, for its effect: takes part in the trace under way, or starts the one EVENTFD_TRACE asks for. */
import { isMainThread } from 'node:worker_threads';
import { startTrace } from './start.js';
import { join } from './tracing.js';

const { EVENTFD_TRACE: file }: { readonly EVENTFD_TRACE?: string | undefined } = process.env;

try {
  if (!join() && isMainThread && file) startTrace(file);
} catch (error) {
  // A program is not to fail for want of its picture.
  process.emitWarning(`There is no trace of this thread: ${(error as Error).message}`);
}
