/** What the classes' `open` have in common. */
import { invalidArgValue } from 'eventfd/internal';
import { type Allocation, type Allocator, Cell, type KindName } from './cell.js';
import { requireName } from './names.js';
import type { Watching } from './watching.js';

/** Makes cells under a name, or attaches those there are. */
export class Opening implements Allocator {
  readonly #name: string;

  /** @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE` */
  constructor(name: unknown) {
    this.#name = requireName(name);
  }

  /** The object as it is said to be, made if there is none. */
  allocate(kind: KindName, allocation: Allocation): Cell {
    if (allocation.name !== undefined) {
      throw invalidArgValue('options.name', 'is not for an object that is opened by its name', allocation.name);
    }
    if (allocation.bell !== undefined) {
      throw invalidArgValue(
        'options.bell',
        'is not for a named object: who opens it by its name would not know',
        allocation.bell,
      );
    }
    return Cell.open(kind, this.#name, allocation);
  }

  /** The object as it is. */
  attach(kind: KindName, watching?: Watching): Cell {
    return Cell.open(kind, this.#name, undefined, watching);
  }
}
