/** Threads that wait for each other, found in what `inspect` shows: also those that wait by promises, which no lock refuses. */
import { titleOf } from '../core/identity.js';
import type { ObjectState } from '../inspect.js';

/** The thread waits for the object, which the next step's thread holds. */
export interface CycleStep {
  readonly threadId: number;
  readonly object: string;
  /** By a blocked thread. One that awaits may yet do something else, and let go. */
  readonly sync: boolean;
}

interface Edge extends CycleStep {
  readonly holders: readonly number[];
}

/**
 * A cycle; empty when there is none. All who hold what is waited for must wait themselves: else somebody may let go. One of
 * blocked threads, if there is one: those cannot go on.
 */
export function cycleIn(objects: readonly ObjectState[]): CycleStep[] {
  const edges = objects.flatMap(edgesOf);
  const deadlock = cycleOf(edges.filter(({ sync }) => sync));
  return deadlock.length > 0 ? deadlock : cycleOf(edges);
}

/** Who awaits what its own thread holds waits for another task of that, as a queue does all day, and not for a thread. */
function edgesOf({ kind, name, id, holders, waiters }: ObjectState): Edge[] {
  const object = titleOf(kind, name, id);
  return waiters
    .map(({ threadId, sync }) => {
      const others = holders.map((holder) => holder.threadId).filter((holder) => sync || holder !== threadId);
      return { threadId, object, sync, holders: others };
    })
    .filter((edge) => edge.holders.length > 0);
}

function cycleOf(all: readonly Edge[]): CycleStep[] {
  let edges = all;
  for (let before = -1; before !== edges.length; ) {
    before = edges.length;
    const stuck = new Set(edges.map(({ threadId }) => threadId));
    edges = edges.filter(({ holders }) => holders.every((holder) => stuck.has(holder)));
  }
  // Every thread that is left waits for others that are left: whoever follows them comes back to where he was.
  const path: Edge[] = [];
  for (let edge = edges[0]; edge !== undefined; ) {
    const { threadId, holders } = edge;
    const seen = path.findIndex((step) => step.threadId === threadId);
    if (seen >= 0) return path.slice(seen).map(({ threadId, object, sync }) => ({ threadId, object, sync }));
    path.push(edge);
    edge = edges.find((next) => next.threadId === holders[0]);
  }
  return [];
}
