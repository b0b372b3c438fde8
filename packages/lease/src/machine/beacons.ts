/**
 * Sockets of the abstract namespace, which the kernel removes with their process, however it ends. Binding the broker's name is
 * its election. Each session binds one of its own too, its beacon, on which nobody ever speaks: so a new broker sees in
 * /proc/net/unix who there is that may hold permits, whether or not it has ever heard of them.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';

/** Binds `address`; undefined when another process, or thread, has it. */
export async function bind(address: string, onConnection: (socket: Socket) => void): Promise<Server | undefined> {
  const server = createServer(onConnection);
  // Half of a machine's processes may come at once.
  server.listen({ path: address, backlog: 4096 });
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
}

/** As long as the kernel lets a name be. Node 20 makes all names so long, by zeros; then every Node binds the same. */
const LENGTH = 108;

function nameOf(address: string, whose: string): string {
  return `\0${address}/${whose}/`.padEnd(LENGTH, '.');
}

export function brokerAt(address: string): string {
  return nameOf(address, 'broker');
}

export function beaconOf(address: string, session: string): string {
  return nameOf(address, session);
}

/** Every session there is, by its beacon. */
export function sessionsAt(address: string): Set<string> {
  const sessions = new Set<string>();
  for (const line of readFileSync('/proc/net/unix', 'utf8').split('\n')) {
    // The kernel shows the zero that begins an abstract name as an @.
    const [found, session] = line.slice(line.indexOf('@') + 1).split(`${address}/`);
    if (found === '' && /^[0-9a-f]{16}\/\.*$/.test(session ?? '')) sessions.add((session as string).slice(0, 16));
  }
  return sessions;
}
