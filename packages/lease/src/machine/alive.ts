/** Processes of this machine, told apart also when a number is used again: by when they were started. See proc(5). */
import { readFileSync } from 'node:fs';

/** State, and time of the start in ticks, of the fields after the name, which may have anything in it. */
function look(pid: string): { state: string; started: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] as string, started: fields[19] as string };
  } catch {
    return undefined; // it is gone
  }
}

/** Names this process. */
export function thisProcess(): string {
  return `${process.pid} ${look('self')?.started}`;
}

/** Whether a process that was named so runs; in another namespace for processes it does not seem to. */
export function isAlive(named: string): boolean {
  const [pid = '', started] = named.split(' ');
  const found = /^\d+$/.test(pid) ? look(pid) : undefined;
  return found !== undefined && found.started === started && !/[ZX]/.test(found.state);
}
