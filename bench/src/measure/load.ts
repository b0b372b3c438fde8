/** A steady load on a limit: more want a permit than there are, and each holds it for a moment. */
import type { Limit } from '../subjects/leases.js';
import { sleep } from './clock.js';

const LOOPS = 10;
const HOLD_MS = 1;

export async function carry(limit: Limit, turns: number): Promise<void> {
  let left = turns;
  const loop = async () => {
    while (left-- > 0) {
      const giveBack = await limit.take();
      await sleep(HOLD_MS);
      await giveBack();
    }
  };
  await Promise.all(Array.from({ length: LOOPS }, loop));
}
