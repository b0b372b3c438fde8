type Global = 'PAUSE' | 'PAUSED' | 'POSTED' | 'TAKEN' | 'COUNTED' | 'STOP';
type Entry = 'POSTING' | 'TAKING' | 'COUNTING';

export class Books {
  constructor(workers: number, memory?: SharedArrayBuffer);
  readonly memory: SharedArrayBuffer;
  readonly words: Int32Array;
  at(name: Global): number;
  add(name: Global, value: number): number;
  set(name: Global, value: number): void;
  blockWhile(name: Global, value: number): void;
  operations(): number;
  did(worker: number, operations: number): void;
  ways(): number[];
  went(worker: number, way: number): void;
  open(worker: number, entry: Entry, much?: number): void;
  strike(worker: number, entry: Entry): number;
}
