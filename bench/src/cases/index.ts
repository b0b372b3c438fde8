import type { Case } from '../harness/types.js';
import { uncontendedSync } from './uncontended-sync.js';

export const cases: readonly Case[] = [uncontendedSync];

export function caseOf(id: string): Case | undefined {
  return cases.find((each) => each.id === id);
}
