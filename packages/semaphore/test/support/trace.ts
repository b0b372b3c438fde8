/** Reading traces, and what every one of them must fulfil. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

export interface TraceEvent {
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly name?: string;
  readonly cat?: string;
  readonly args: { readonly name?: string; readonly end?: string; readonly count?: number };
}

/** A trace that was stopped is JSON. */
export function readTrace(file: string): TraceEvent[] {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** One whose process was killed lacks the array's end; viewers read it like this. */
export function readUnfinishedTrace(file: string): TraceEvent[] {
  return JSON.parse(readFileSync(file, 'utf8').replace(/,\s*$/, ']'));
}

/** What happened on each line, in order: `+ name`, `- how it ended`, `! what happened`. */
export function linesOf(events: readonly TraceEvent[]): Record<string, string[]> {
  const names = new Map(
    events.filter(({ name }) => name === 'thread_name').map(({ tid, args }) => [tid, `${args.name}`]),
  );
  const lines = Object.fromEntries(Array.from(names.values(), (name) => [name, [] as string[]]));
  for (const { ph, tid, name, args } of events) {
    const line = lines[names.get(tid) ?? ''];
    if (line === undefined) continue;
    if (ph === 'B') line.push(`+ ${name}`);
    if (ph === 'E') line.push(args.end === undefined ? '-' : `- ${args.end}`);
    if (ph === 'i') line.push(`! ${name}`);
  }
  return lines;
}

/** Slices on a line follow each other: none begins before the last has ended, and time does not go back. */
export function expectOrderly(events: readonly TraceEvent[]): void {
  const open = new Map<number, TraceEvent>();
  const times = new Map<number, number>();
  for (const event of events) {
    if (event.ph !== 'B' && event.ph !== 'E') continue;
    expect(event.ts).toBeGreaterThanOrEqual(times.get(event.tid) ?? 0);
    times.set(event.tid, event.ts);
    if (event.ph === 'B') {
      expect(open.get(event.tid)).toBeUndefined();
      open.set(event.tid, event);
    } else {
      open.delete(event.tid);
    }
  }
}
