/** The task did not end within `runTimeout` of being handed to a worker. `code` is `ERR_RUN_TIMEOUT`. */
export class RunTimeoutError extends Error {
  override readonly name = 'RunTimeoutError';
  readonly code = 'ERR_RUN_TIMEOUT';

  /** @internal */
  constructor(runTimeout: number) {
    super(
      `The task did not end within ${runTimeout} ms of being handed to a worker; allow it a longer "runTimeout", or make it less. ` +
        'With "grace", one that listens to its signal ends without costing a worker',
    );
  }
}
