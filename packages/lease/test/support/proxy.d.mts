export interface Proxy {
  readonly port: number;
  cut(ways?: 'both' | 'to server' | 'to client'): void;
  heal(): void;
  retarget(port: number): void;
  stop(): void;
}

export function startProxy(target: number): Promise<Proxy>;
