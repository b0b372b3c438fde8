/** Where the program is, for people: the stack of who calls this package, without the package's own frames. */
import { OWN_FRAMES } from '../own-frames.js';

const OwnError = Error;

/** What is said where there is no stack, whatever is done. */
const NOWHERE = '    at a place unknown: Error is frozen, and hides it';

/** Enough to find the place, and no more than a thread can note for each of many holds. */
const MOST_FRAMES = 16;
/** Frames of ours, and of Node, that may stand above them. */
const ABOVE = 16;

/** A frame a line, as `Error.stack` has them. It does not fail, and takes some microseconds. */
export function stackOfCaller(): string {
  try {
    const frames = usersFrames(new OwnError().stack);
    if (frames.length > 0) return textOf(frames);
  } catch {
    // Error.prepareStackTrace is the program's, and may do what it likes.
  }
  // It, or Error.stackTraceLimit, hides what is wanted. For a moment they do not.
  try {
    return textOf(despite(() => usersFrames(new OwnError().stack)));
  } catch {
    return NOWHERE;
  }
}

function textOf(frames: readonly string[]): string {
  return frames.slice(0, MOST_FRAMES).join('\n') || NOWHERE;
}

/** Node's own tell nothing where there are others. */
function usersFrames(stack: unknown): string[] {
  const frames = framesOf(stack).filter((frame) => !frame.includes(OWN_FRAMES));
  const users = frames.filter((frame) => !/[( ]node:/.test(frame));
  return users.length > 0 ? users : frames;
}

/** Error.prepareStackTrace may have made anything of it; many libraries make it an array of call sites. */
function framesOf(stack: unknown): string[] {
  if (Array.isArray(stack)) return stack.map((site) => `    at ${site}`);
  return typeof stack === 'string' ? stack.split('\n').slice(1) : [];
}

/** Calls `f` while stacks are as V8 makes them. */
function despite<T>(f: () => T): T {
  const ours = { stackTraceLimit: MOST_FRAMES + ABOVE, prepareStackTrace: undefined };
  const theirs = Object.getOwnPropertyDescriptors(OwnError) as PropertyDescriptorMap;
  try {
    for (const [name, value] of Object.entries(ours)) {
      Object.defineProperty(OwnError, name, { value, configurable: true, enumerable: true, writable: true });
    }
    return f();
  } finally {
    for (const name of Object.keys(ours)) {
      const descriptor = theirs[name];
      if (descriptor === undefined) delete (OwnError as unknown as Record<string, unknown>)[name];
      else Object.defineProperty(OwnError, name, descriptor);
    }
  }
}
