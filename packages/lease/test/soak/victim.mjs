// A process that takes and gives back as fast as it can, until it is killed.
import { lease } from '@eventfd/lease';
import { engineFrom } from '../fixtures/engine.mjs';

const { description, permits, ttl } = JSON.parse(process.argv[2]);
process.send('begun');
const leased = await lease('kills', { permits, ttl, idle: 20, engine: engineFrom(description) });
await Promise.all(
  Array.from({ length: 6 }, async () => {
    for (;;) await leased.run(() => new Promise((resolve) => setTimeout(resolve, Math.random() * 10)));
  }),
);
