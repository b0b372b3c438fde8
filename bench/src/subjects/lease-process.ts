/** Another process of the fleet: `lease-process.js SUBJECT SITE PERMITS`. It does what it is told by messages. */
import { now } from '../measure/fleet.js';
import { carry } from '../measure/load.js';
import { limitOf, type Site } from './leases.js';

const [subject = '', site = '{}', permits = '1'] = process.argv.slice(2);
const limit = await limitOf(subject, JSON.parse(site) as Site, Number(permits));
let giveBack: (() => unknown) | undefined;

const orders: Record<string, (argument: number) => Promise<unknown>> = {
  /** Says when it was granted. */
  async wait() {
    giveBack = await limit.take();
    return now();
  },
  async give() {
    await giveBack?.();
    return undefined;
  },
  load: (turns) => carry(limit, turns),
};

process.on('message', async ({ order, argument }: { order: string; argument: number }) => {
  process.send?.({ result: await orders[order]?.(argument) });
});
process.on('disconnect', () => process.exit());
process.send?.({});
