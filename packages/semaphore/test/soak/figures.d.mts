export interface Vitals {
  readonly rss: number;
  readonly arena: number;
}

export class Course {
  add(sample: Vitals): void;
  complaints(durationMs: number): string[];
}
