/**
 * What a thread holds of a BatchSemaphore: a Permit or a guard.
 *
 * They have no base class on purpose: V8 does not see through a derived class's constructor, and allocating the object
 * would double the cost of an uncontended acquire (28 ns instead of 15). Each is made before its permits are taken, so
 * that nothing can fail between that and its use; one whose permits were not to be had is dropped unseen.
 */
export interface Hold {
  /**
   * Its permits are this thread's from now on. Not called where there was no wait, nobody watches and no owner died. `acquiredAt`: where it began to wait for them, for a HoldObserver.
   *
   * @internal as in the classes: the published types have it on both sides or on neither.
   */
  onAcquired(acquiredAt?: string): void;
}
