/** AbortControllers. Node's module does not export the class, and the global may be missing, or another's. */
import * as util from 'node:util'; // of which Bun has but a part

export type Controller = ReturnType<typeof util.transferableAbortController>;

/** This realm's own, or Node's where it has none. */
export const newController: () => Controller =
  typeof globalThis.AbortController === 'function'
    ? (
        (Controller) => () =>
          new Controller()
      )(globalThis.AbortController)
    : util.transferableAbortController;
