/** That nothing happens, for tests that must see it. */
import { turns } from './deadline.js';

/** Enough for whatever was granted before the call to arrive: a turn for the waker, one for what is queued behind it. */
const TURNS = 5;

/** Whether a promise is still unsettled after the loop has turned a few times. */
export async function isPending(promise: PromiseLike<unknown>): Promise<boolean> {
  let settled = false;
  const note = () => {
    settled = true;
  };
  promise.then(note, note);
  await turns(TURNS);
  return !settled;
}
