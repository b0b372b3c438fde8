/** One look into the process. */
import type { InspectedObject, QueriedLocks } from 'eventfd/internal';
import { allStates, type ObjectState } from '../inspect.js';
import { type CycleStep, cycleIn } from './cycle.js';
import { Failure } from './failure.js';
import type { Inspector, Thread } from './inspector.js';
import type { Target } from './target.js';

/** Where a thread is in JavaScript: no frames when it waits in its event loop. */
export interface Stack {
  readonly threadId: number;
  readonly frames: readonly string[];
}

export interface Picture {
  readonly pid: number;
  readonly node: string;
  readonly objects: readonly ObjectState[];
  /** Threads that wait for each other; empty when there is no such cycle. */
  readonly cycle: readonly CycleStep[];
  readonly stacks?: readonly Stack[];
}

const objectsOf = (addon: string) => `(() => {
  const require = process.getBuiltinModule('module').createRequire(${JSON.stringify(addon)});
  const eventfd = require(${JSON.stringify(addon)});
  return JSON.stringify([process.version, eventfd.inspect(), eventfd.queryLocks()]);
})()`;

/** Run as an interrupt, it has below it what was interrupted. */
const STACK = `(() => {
  const { stackTraceLimit: limit, prepareStackTrace: prepare } = Error;
  try {
    Error.stackTraceLimit = 50;
    Error.prepareStackTrace = undefined;
    const { threadId } = process.getBuiltinModule('worker_threads');
    return JSON.stringify({ threadId, frames: String(new Error().stack).split('\\n').slice(3) });
  } finally {
    Error.stackTraceLimit = limit;
    Error.prepareStackTrace = prepare;
  }
})()`;

async function json(thread: Thread, expression: string): Promise<unknown> {
  const value = await thread.evaluate(expression);
  if (typeof value !== 'string') throw new Failure('the process gives no answer that can be read');
  return JSON.parse(value);
}

async function stackOf(thread: Thread): Promise<Stack> {
  const { threadId, frames } = (await json(thread, STACK)) as Stack;
  return { threadId, frames: frames.map((frame) => frame.trim()) };
}

async function stacksOf(inspector: Inspector): Promise<Stack[]> {
  // A worker may end meanwhile, or be blocked elsewhere: the others have a stack all the same.
  const stacks = await Promise.allSettled((await inspector.threads()).map(stackOf));
  await inspector.forgetThreads();
  const found = stacks.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  return found.sort((a, b) => a.threadId - b.threadId);
}

export async function look(target: Target, inspector: Inspector, withStacks: boolean): Promise<Picture> {
  const [node, inspected, locks] = (await json(inspector.main, objectsOf(target.addon))) as [
    string,
    InspectedObject[],
    QueriedLocks,
  ];
  const objects = allStates(inspected, locks);
  const picture = { pid: target.pid, node, objects, cycle: cycleIn(objects) };
  return withStacks ? { ...picture, stacks: await stacksOf(inspector) } : picture;
}
