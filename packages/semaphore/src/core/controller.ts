/** AbortControllers. Node's module does not export the class, and the global may be missing, or another's. */
import { transferableAbortController } from 'node:util';

export type Controller = ReturnType<typeof transferableAbortController>;

/** This realm's own, or Node's where it has none. */
export const newController: () => Controller =
  typeof globalThis.AbortController === 'function'
    ? (
        (Controller) => () =>
          new Controller()
      )(globalThis.AbortController)
    : transferableAbortController;
