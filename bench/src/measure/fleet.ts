/** Several processes that share a limit, and what they send to a Redis. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Site } from '../subjects/leases.js';

/** Milliseconds, by the clock that all processes of a machine have in common. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

export interface Member {
  order(order: string, argument?: number): Promise<unknown>;
  end(): Promise<unknown>;
}

/** Another process that has the limit. */
export async function member(subject: string, site: Site, permits: number): Promise<Member> {
  const script = fileURLToPath(new URL('../subjects/lease-process.js', import.meta.url));
  const child = fork(script, [subject, JSON.stringify(site), `${permits}`]);
  let settle: { resolve: (result: unknown) => void; reject: (error: Error) => void } | undefined;
  child.on('message', ({ result }: { result?: unknown }) => settle?.resolve(result));
  child.on('exit', (code) => settle?.reject(new Error(`a process of the fleet ended with ${code}`)));
  const reply = () =>
    new Promise<unknown>((resolve, reject) => {
      settle = { resolve, reject };
    });
  await reply();
  return {
    order: (order, argument = 0) => {
      const answer = reply();
      child.send({ order, argument });
      return answer;
    },
    end: () => {
      const exited = once(child, 'exit');
      child.disconnect();
      return exited;
    },
  };
}

/** Everything that clients send to a Redis from now on: a line each. What its own scripts do is not in it. */
export async function monitor(port: number): Promise<{ lines: string[]; stop(): void }> {
  const lines: string[] = [];
  let rest = '';
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  socket.on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts.filter((line) => /^\+\d+\.\d+ \[/.test(line) && !/^\S+ \[\d+ lua\]/.test(line)));
  });
  socket.write('MONITOR\r\n');
  await once(socket, 'data');
  return { lines, stop: () => socket.destroy() };
}
