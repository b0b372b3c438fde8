export class Gauge {
  constructor(memory?: SharedArrayBuffer);
  readonly memory: SharedArrayBuffer;
  enter(count?: number): number;
  leave(count?: number): void;
  readonly inside: number;
  /** The most there ever were inside. */
  readonly peak: number;
  readonly entries: number;
}
