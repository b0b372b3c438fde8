type Global = 'PAUSE' | 'PAUSED' | 'POSTED' | 'TAKEN' | 'COUNTED' | 'STOP' | 'WRITTEN' | 'READ';
type Entry = 'POSTING' | 'TAKING' | 'COUNTING' | 'WRITING' | 'READING' | 'DRAWING' | 'HANDING' | 'MAKING';

export class Books {
  constructor(workers: number, memory?: SharedArrayBuffer);
  readonly memory: SharedArrayBuffer;
  readonly words: Int32Array;
  at(name: Global): number;
  add(name: Global, value: number): number;
  set(name: Global, value: number): void;
  blockWhile(name: Global, value: number): void;
  passGate(): void;
  operations(): number;
  did(worker: number, operations: number): void;
  ways(): number[];
  went(worker: number, way: number, times?: number): void;
  open(worker: number, entry: Entry, much?: number): void;
  strike(worker: number, entry: Entry): number;
}
