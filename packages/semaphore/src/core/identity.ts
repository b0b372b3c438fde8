/** What people and programs tell objects apart by: a name that its maker gave, and an id that no two of a process have. */

/** Where an object is, and which of those that were there it is. */
export interface Place {
  readonly arena: number;
  readonly cell: number;
  readonly generation: number;
}

/** The same on every thread, and never that of another object of the process, of now or before. */
export function objectId({ arena, cell, generation }: Place): string {
  return `${arena}:${cell}:${generation}`;
}

/** What it is called where there may be others of its kind: `Semaphore "db"`, or `Semaphore 1:64:1` of one without a name. */
export function titleOf(kind: string, name: string | undefined, id: string): string {
  return `${kind} ${name === undefined ? id : JSON.stringify(name)}`;
}
