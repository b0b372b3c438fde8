export { AttachedLease } from './attached.js';
export {
  type Answer,
  type Claim,
  type Engine,
  type EngineEvents,
  EngineSource,
  type Grant,
  type OpenEngine,
} from './engine.js';
export { LeaseAtRiskError, LeaseClosedError, LeaseMismatchError, LeaseUnreachableError } from './errors.js';
export type { LeaseState } from './keeper/keeper.js';
export { type AttachOptions, Lease, type LeaseOptions, lease } from './lease.js';
export { type LeaseEvents, type LeaseHandle, LeaseView } from './view.js';
