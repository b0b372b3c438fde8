/** What `inspect()` says of one object. */
import { inspect } from '@eventfd/semaphore';

interface Named {
  readonly name: string | undefined;
  readonly handle: { readonly kind: string };
}

/** The threads that wait for the object of this kind and name, in the order of its queue. */
export function threadsInQueue({ name, handle: { kind } }: Named): number[] | undefined {
  const found = inspect().find((each) => each.kind === kind && each.name === name);
  return found?.waiters.map(({ threadId }) => threadId);
}
