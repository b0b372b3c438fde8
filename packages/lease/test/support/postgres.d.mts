import type { Server } from './redis.mjs';

export function hasPostgres(): boolean;
export function startPostgres(options?: { port?: number; folder?: string }): Promise<Server>;
