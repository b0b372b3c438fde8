/** A picture in words. */
import { inspect as format } from 'node:util';
import type { Picture, Stack } from './picture.js';

const threadName = (id: number) => (id === 0 ? 'thread 0 (the main thread)' : `thread ${id}`);

function stackText({ threadId, frames }: Stack): string {
  if (frames.length === 0) return `${threadName(threadId)}: in its event loop`;
  return [`${threadName(threadId)}:`, ...frames.map((frame) => `    ${frame}`)].join('\n');
}

export function textOf({ pid, node, objects, cycle, stacks }: Picture): string {
  const held = objects.filter(({ holders }) => holders.length > 0).length;
  const waited = objects.filter(({ waiters }) => waiters.length > 0).length;
  const count = `${objects.length} ${objects.length === 1 ? 'object' : 'objects'}`;
  const parts = [`process ${pid}, Node ${node}: ${count}, ${held} held, ${waited} waited for`];
  // Those that nobody holds or waits for are only counted.
  for (const object of objects) if (object.holders.length + object.waiters.length > 0) parts.push(format(object));
  if (cycle.length > 0) {
    const steps = cycle.map(({ threadId, object, sync }, i) => {
      const next = cycle[(i + 1) % cycle.length]?.threadId;
      return `  thread ${threadId} ${sync ? 'is blocked for' : 'awaits'} ${object}, which thread ${next} holds`;
    });
    parts.push([cycle.every(({ sync }) => sync) ? 'deadlock:' : 'a cycle, in part of promises:', ...steps].join('\n'));
  }
  for (const stack of stacks ?? []) parts.push(stackText(stack));
  return parts.join('\n\n');
}
