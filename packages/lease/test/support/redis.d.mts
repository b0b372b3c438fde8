export interface Server {
  readonly port: number;
  readonly folder: string;
  readonly url: string;
  readonly pid: number;
  signal(signal: NodeJS.Signals): boolean;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export function hasRedis(): boolean;
export function freePort(): Promise<number>;
export interface Redis extends Server {
  /** By redis-cli; what it printed. */
  command(...args: string[]): string;
}

export function startRedis(options?: {
  port?: number;
  persistent?: boolean;
  folder?: string;
  password?: string;
  replicaOf?: number;
}): Promise<Redis>;
