/** What Signal, Event, Latch and Barrier have in common: a thread waits, another lets it through. */
import { Barrier, Event, Latch, Signal } from '@eventfd/semaphore';

export interface Gate extends Disposable {
  readonly waiting: number;
  readonly closed: boolean;
  readonly name: string | undefined;
  readonly handle: { readonly kind: string; readonly cell: number; readonly generation: number };
  close(): void;
  wait(options?: { signal?: AbortSignal; timeout?: number; ref?: boolean }): Promise<unknown>;
  waitSync(options?: { timeout?: number }): unknown;
}

export interface GateClass {
  make(name?: string): Gate;
  from(posted: unknown): Gate;
  /** Lets the one who waits through; called from a thread that does not wait. */
  open(gate: Gate): void;
  /** The name of the class, as it stands in handles, messages and codes. */
  readonly kind: string;
}

function gate<G extends Gate>(kind: string, make: (name?: string) => G, from: unknown, open: (gate: G) => void) {
  return { kind, make, from: from as GateClass['from'], open: open as (gate: Gate) => void };
}

const attach = { Barrier: Barrier.from, Event: Event.from, Latch: Latch.from, Signal: Signal.from };

export const gates: Readonly<Record<string, GateClass>> = {
  Signal: gate(
    'Signal',
    (name) => new Signal(0, { name }),
    attach.Signal,
    (signal) => signal.post(),
  ),
  'Event, manual reset': gate(
    'Event',
    (name) => new Event({ name }),
    attach.Event,
    (event) => event.set(),
  ),
  'Event, auto reset': gate(
    'Event',
    (name) => new Event({ name, autoReset: true }),
    attach.Event,
    (event) => {
      event.set();
    },
  ),
  Latch: gate(
    'Latch',
    (name) => new Latch(1, { name }),
    attach.Latch,
    (latch) => latch.countDown(),
  ),
  Barrier: gate(
    'Barrier',
    (name) => new Barrier(2, { name }),
    attach.Barrier,
    (barrier) => {
      barrier.waitSync();
    },
  ),
};

/** What a wait rejects with once the gate is closed. */
export function codeOf({ kind }: GateClass): string {
  return `ERR_${kind.toUpperCase()}_CLOSED`;
}
