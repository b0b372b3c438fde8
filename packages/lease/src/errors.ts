/** What leases throw, reject with and tell. Tell them apart by `code`; docs/errors.md has more. */

/** The engine cannot be reached, or does not answer; `cause` says why. `code` is `ERR_LEASE_UNREACHABLE`. */
export class LeaseUnreachableError extends Error {
  override readonly name = 'LeaseUnreachableError';
  readonly code = 'ERR_LEASE_UNREACHABLE';
}

/** The name is in use with another number of permits. `code` is `ERR_LEASE_MISMATCH`. */
export class LeaseMismatchError extends Error {
  override readonly name = 'LeaseMismatchError';
  readonly code = 'ERR_LEASE_MISMATCH';
  /** The name. */
  readonly lease: string;
  /** As this lease was asked for. */
  readonly wanted: number;
  /** As the name has it. */
  readonly found: number;

  constructor(name: string, wanted: number, found: number) {
    super(
      `The lease ${JSON.stringify(name)} is in use with ${found} permits, not ${wanted}; ask for as many, or change them for all with resize()`,
    );
    this.lease = name;
    this.wanted = wanted;
    this.found = found;
  }
}

/**
 * The reason with which `lease.signal` aborts: the engine was not heard of in time, and may soon grant what is held here to others.
 * `code` is `ERR_LEASE_AT_RISK`.
 */
export class LeaseAtRiskError extends Error {
  override readonly name = 'LeaseAtRiskError';
  readonly code = 'ERR_LEASE_AT_RISK';
}

/** The lease was closed, or the thread that renewed it has ended. `code` is `ERR_LEASE_CLOSED`. */
export class LeaseClosedError extends Error {
  override readonly name = 'LeaseClosedError';
  readonly code = 'ERR_LEASE_CLOSED';
}
