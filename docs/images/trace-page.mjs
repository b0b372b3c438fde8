// A page that draws a trace: a row for each line of each thread, a bar for each slice.

const WIDTH = 1400;
const LEFT = 130;
const ROW = 30;
const TOP = 70;
const COLOURS = ['#2f7d5b', '#3566a8', '#8a5a12', '#7a3d8f'];

const escaped = (text) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

/** The slices, from the events that begin and end them; one that did not end goes on to the last event. */
function slicesOf(events) {
  const last = Math.max(...events.map(({ ts }) => ts));
  const open = new Map();
  const slices = [];
  for (const event of events) {
    if (event.ph === 'B') {
      const slice = { ...event, end: last, how: 'did not end' };
      open.set(event.tid, slice);
      slices.push(slice);
    } else if (event.ph === 'E' && open.has(event.tid)) {
      Object.assign(open.get(event.tid), { end: event.ts, how: event.args.end });
      open.delete(event.tid);
    }
  }
  return slices;
}

export function pageOf(events, title) {
  const rows = events
    .filter(({ name }) => name === 'thread_name')
    .map(({ tid, args }) => ({ tid, name: args.name }))
    .sort((a, b) => a.tid - b.tid);
  const slices = slicesOf(events);
  const instants = events.filter(({ ph }) => ph === 'i');
  // Before anything is held the workers only come, one by one.
  const begin = Math.min(...slices.filter(({ cat }) => cat === 'hold').map(({ ts }) => ts)) - 5000;
  const end = Math.max(...slices.map((slice) => slice.end));
  const x = (ts) => LEFT + ((Math.max(ts, begin) - begin) / (end - begin)) * (WIDTH - LEFT - 20);
  const y = (tid) => TOP + ROW * rows.findIndex((row) => row.tid === tid);

  const held = [...new Set(slices.filter(({ cat }) => cat === 'hold').map(({ name }) => name))];
  const fill = ({ cat, name }) => (cat === 'wait' ? 'url(#wait)' : COLOURS[held.indexOf(name) % COLOURS.length]);

  const bars = slices.map((slice, i) => {
    const [left, right, top] = [x(slice.ts), x(slice.end), y(slice.tid)];
    const width = Math.max(1, right - left);
    const colour = slice.cat === 'wait' ? '#8a2b1e' : 'white';
    const killed = slice.how === 'its thread ended' ? ' stroke="#d2241c" stroke-width="3"' : '';
    return `<rect x="${left}" y="${top + 3}" width="${width}" height="${ROW - 6}" rx="3" fill="${fill(slice)}"${killed}/>
      <clipPath id="c${i}"><rect x="${left}" y="${top}" width="${Math.max(0, width - 4)}" height="${ROW}"/></clipPath>
      <text x="${left + 5}" y="${top + 19}" fill="${colour}" clip-path="url(#c${i})">${escaped(slice.name)}</text>`;
  });
  const labels = rows.map(({ tid, name }) => `<text x="10" y="${y(tid) + 19}">${escaped(name)}</text>`);
  const marks = instants
    .filter(({ name }) => name !== 'thread ended')
    .map(
      ({ tid, ts, name }) =>
        `<path d="M ${x(ts)} ${y(tid) + 3} l 6 -9 l -12 0 z" fill="#d2241c"/>
        <text x="${x(ts) - 10}" y="${y(tid) + 2}" fill="#d2241c" text-anchor="end" class="mark">${escaped(name)}</text>`,
    );
  const step = [5, 10, 20, 50, 100, 200].find((ms) => (end - begin) / 1000 / ms < 12) * 1000;
  const ticks = [];
  for (let t = 0; begin + t < end; t += step) {
    ticks.push(`<path d="M ${x(begin + t)} 50 v ${TOP - 50 + ROW * rows.length}" stroke="#ddd"/>
      <text x="${x(begin + t) + 3}" y="60" fill="#888">${t / 1000} ms</text>`);
  }
  const legend = [
    ...held.map((name) => [name, fill({ cat: 'hold', name }), '']),
    ['waits', fill({ cat: 'wait' }), ''],
    ['ended with its thread, which was killed', 'white', ' stroke="#d2241c" stroke-width="3"'],
  ].map(
    ([name, colour, stroke], i) =>
      `<rect x="${LEFT + i * 260}" y="12" width="24" height="16" rx="3" fill="${colour}"${stroke}/>
      <text x="${LEFT + 32 + i * 260}" y="25">${escaped(name)}</text>`,
  );
  const height = TOP + ROW * rows.length + 10;
  const html = `<!doctype html><meta charset="utf-8"><title>${escaped(title)}</title>
    <style>body { margin: 0; background: white } text { font: 13px sans-serif } .mark { paint-order: stroke; stroke: white; stroke-width: 4px } </style>
    <svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}">
    <pattern id="wait" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect width="6" height="6" fill="#fbe3dc"/><rect width="2" height="6" fill="#f0b3a3"/></pattern>
    ${[...legend, ...ticks, ...labels, ...bars, ...marks].join('\n')}</svg>`;
  return { html, width: WIDTH, height };
}
