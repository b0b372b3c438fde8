import type { Case } from '../harness/types.js';
import { contended, contendedRwLock, contendedSemaphore } from './contended.js';
import { death, terminate } from './death.js';
import { fairness } from './fairness.js';
import { handOffAsync, handOffSync } from './hand-off.js';
import { imports } from './import.js';
import { leased } from './lease.js';
import { leaseCommands, leaseHandOver, leaseIdle } from './lease-fleet.js';
import { limitedCalls } from './limited-calls.js';
import { manyQueues } from './many-queues.js';
import { names } from './names.js';
import { pool } from './pool.js';
import { priorities } from './priorities.js';
import { queue } from './queue.js';
import { rarelyContended } from './rarely-contended.js';
import { rate, rateTogether } from './rate.js';
import { refused } from './refused.js';
import { idle, memory } from './resources.js';
import { storm } from './storm.js';
import { terminations } from './terminations.js';
import { uncontendedAsync } from './uncontended-async.js';
import { uncontendedSync } from './uncontended-sync.js';
import { waiters } from './waiters.js';
import { wakers } from './wakers.js';
import { webLocksCase } from './web-locks.js';

export const cases: readonly Case[] = [
  uncontendedSync,
  uncontendedAsync,
  handOffSync,
  handOffAsync,
  contended,
  contendedSemaphore,
  contendedRwLock,
  rarelyContended,
  fairness,
  queue,
  priorities,
  manyQueues,
  refused,
  storm,
  pool,
  limitedCalls,
  rate,
  rateTogether,
  death,
  terminate,
  wakers,
  terminations,
  idle,
  memory,
  waiters,
  names,
  webLocksCase,
  imports,
  leased,
  leaseHandOver,
  leaseCommands,
  leaseIdle,
];

export function caseOf(id: string): Case | undefined {
  return cases.find((each) => each.id === id);
}
