/** Posts an object of npm multithreading to a thread that is none of its own pool's, in the way its pool does. */

function symbolOf(object: object, description: string): symbol {
  for (let at = object; at !== null; at = Object.getPrototypeOf(at) as object) {
    const symbol = Object.getOwnPropertySymbols(at).find((each) => each.description === description);
    if (symbol !== undefined) return symbol;
  }
  throw new Error(`multithreading has changed: there is no ${description}`);
}

/** What to post. A sender or receiver is gone from this thread then: pack a clone. */
export function pack(object: object): unknown {
  const methods = object as Record<symbol, () => readonly [payload: unknown]>;
  return methods[symbolOf(object, 'Thread.Serialize')]?.()[0];
}

/** The object, on the thread that what `pack` gave was posted to. */
export function unpack<T>(theClass: new (...args: never[]) => T, payload: unknown): T {
  const methods = theClass as unknown as Record<symbol, (payload: unknown) => T>;
  const made = methods[symbolOf(theClass, 'Thread.Deserialize')]?.(payload);
  if (made === undefined) throw new Error('multithreading has changed: nothing was deserialized');
  return made;
}
