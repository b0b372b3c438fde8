/** What goes over the socket: a line of JSON each. */
import type { Socket } from 'node:net';
import type { Answer, Claim, Grant } from '../engine.js';

/** Who speaks another version of these lines is refused, and says so. */
export const VERSION = 2;

/** From a session to the broker. */
export type Request =
  | { readonly hello: string; readonly version: number; readonly process: string }
  /** Whoever was known to the last broker has said what it holds. */
  | { readonly spoken: true }
  | { readonly id: number; readonly step: Claim }
  | { readonly id: number; readonly leave: { readonly name: string; readonly member: string } }
  | { readonly id: number; readonly resize: { readonly name: string; readonly permits: number } };

/** From the broker to a session. */
export type Reply =
  | { readonly id: number; readonly answer: Answer | boolean }
  | { readonly poke: string; readonly grant?: Grant | undefined }
  /** To a hello: the process of the broker. */
  | { readonly broker: string }
  | { readonly refused: string };

/** No line is longer, by far. */
const LONGEST = 64 * 1024;

export function send(socket: Socket, line: Request | Reply): void {
  if (!socket.destroyed) socket.write(`${JSON.stringify(line)}\n`);
}

/** Calls `onLine` with what each line says; ends the connection when one is none, or when `onLine` throws. */
export function receive(socket: Socket, onLine: (line: unknown) => void): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    try {
      if (rest.length > LONGEST) throw Object.assign(new Error('A line without end'), { code: 'ERR_LEASE_PROTOCOL' });
      for (const line of lines) onLine(JSON.parse(line));
    } catch (error) {
      socket.destroy(error as Error);
    }
  });
}
