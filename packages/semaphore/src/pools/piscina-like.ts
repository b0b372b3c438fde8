/** What Piscina and tinypool, which began as the same program, have in common. */
import { newController } from '../core/controller.js';
import { type Control, tellingList } from './submission.js';

/** What of the pool's options is dealt with here. */
interface Transfers<E> {
  readonly transferList?: readonly E[] | undefined;
}

/** What is given to the pool. */
interface Prepared<O> {
  readonly task: unknown;
  readonly options: O;
  kill(reason: unknown): void;
}

/** A task and its options as the pool wants them, and what aborts it there. */
export function prepare<E, O extends Transfers<E>>(
  pool: 'Piscina' | 'Tinypool',
  task: unknown,
  options: O,
  control: Control,
): Prepared<O> {
  const killer = newController();
  let { transferList } = options;
  let value = task;
  if (control.seal !== undefined) {
    // What `move()` made: the pool would look for it where the envelope is now.
    const moved = Object(task) as Record<symbol, unknown>;
    const transferable = moved[Symbol.for(`${pool}.transferable`)];
    if (transferable !== undefined) {
      value = moved[Symbol.for(`${pool}.valueOf`)];
      transferList = [...(transferList ?? []), transferable as E];
    }
    value = control.seal([value]);
    // By which a queue of the user's may sort.
    const key = Symbol.for(`${pool}.queueOptions`);
    if (key in moved) (value as Record<symbol, unknown>)[key] = moved[key];
  }
  const list = tellingList(transferList, () => control.handed());
  const kill = (reason: unknown) => killer.abort(reason);
  return { task: value, options: { ...options, transferList: list, signal: killer.signal }, kill };
}
