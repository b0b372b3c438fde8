// The check: how many holds overlap, by what the threads have written down.
import { readFileSync } from 'node:fs';

/**
 * The holds in a file, [from, to] in ns. One that was cut off by a kill ends with it: `killedAt`, when the signal was about to be sent.
 */
export function holdsIn(file, killedAt) {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return []; // its thread was killed before it began
  }
  const holds = [];
  let from;
  for (const line of text.split('\n')) {
    if (line.length < 2) continue;
    const at = BigInt(line.slice(1));
    if (line[0] === '+') from = at;
    else {
      holds.push([from, at]);
      from = undefined;
    }
  }
  if (from !== undefined) holds.push([from, killedAt ?? from]);
  return holds;
}

/** The most that overlap at any time, and when that was. At one instant an end comes before a beginning. */
export function mostOf(holds) {
  const marks = holds.flatMap(([from, to]) => [
    [from, 1],
    [to, -1],
  ]);
  marks.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] - b[1]));
  let inside = 0;
  let most = 0;
  let when = 0n;
  for (const [at, change] of marks) {
    inside += change;
    if (inside <= most) continue;
    most = inside;
    when = at;
  }
  return { most, when };
}
