export function seedOf(what: string): number;
export function randomOf(seed: number): (below: number) => number;
