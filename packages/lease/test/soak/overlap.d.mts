export type Hold = [from: bigint, to: bigint];
export function holdsIn(file: string, killedAt: bigint | undefined): Hold[];
export function mostOf(holds: Hold[]): { most: number; when: bigint };
