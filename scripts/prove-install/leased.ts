// A stranger's program that leases, in TypeScript: none of the clients of servers is installed.
import { type Lease, lease } from '@eventfd/lease';
import { machine } from '@eventfd/lease/machine';
import { redis } from '@eventfd/lease/redis';

const leased: Lease = await lease('prove', { permits: 2, engine: machine({ namespace: `prove-${process.pid}` }) });
const inside: number = await leased.run((signal: AbortSignal) => (signal.aborted ? 0 : leased.semaphore.permits));
const without: string = await lease('prove', { permits: 2, engine: redis() }).then(
  () => 'a client',
  (error: { code: string }) => error.code,
);
console.log('leased:', inside, leased.state, without);
await leased.close();
