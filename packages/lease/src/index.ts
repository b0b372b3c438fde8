export { type Answer, type Claim, type Engine, type EngineEvents, EngineSource, type OpenEngine } from './engine.js';
export { LeaseAtRiskError, LeaseClosedError, LeaseMismatchError, LeaseUnreachableError } from './errors.js';
export type { LeaseState } from './keeper/keeper.js';
export { Lease, type LeaseEvents, type LeaseOptions, lease } from './lease.js';
