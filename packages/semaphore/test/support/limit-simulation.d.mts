type Span = readonly [from: number, to: number];
interface Settings {
  seed: number;
  rate: number;
  limit: number;
  algorithm?: unknown;
  max?: number;
  until?: number;
  timeout?: number;
  demand?: (time: number) => number;
}
interface Simulated {
  readonly done: readonly { readonly time: number; readonly total: number }[];
  readonly refused: number;
  readonly limits: readonly { readonly time: number; readonly limit: number }[];
}

export const CORES: number;
export const END: number;
export const SPANS: readonly [Span, Span];
export const CAPACITY: number;
export const algorithms: Readonly<Record<'aimd' | 'gradient', () => unknown>>;
export function simulate(settings: Settings): Simulated;
export function figures(simulated: Simulated, span: Span): { throughput: number; p99: number };
export function bestFixed(settings: { seed: number; rate: number; span: Span }): {
  limit: number;
  throughput: number;
  p99: number;
};
