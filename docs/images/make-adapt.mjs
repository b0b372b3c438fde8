// Draws adapt.svg: the limits that both algorithms of adapt() come to, at the simulated server of the tests. Deterministic, so
// that what it draws is what packages/semaphore/test/limit/simulation.test.ts holds to. After a build: node docs/images/make-adapt.mjs
import { writeFileSync } from 'node:fs';
import {
  algorithms,
  bestFixed,
  CAPACITY,
  END,
  figures,
  SPANS,
  simulate,
} from '../../packages/semaphore/test/support/limit-simulation.mjs';

const seed = 7;
const rate = 1.5 * CAPACITY;
const [width, height, left, top, bottom] = [860, 360, 50, 46, 50];
const highest = 48;
const colours = { aimd: '#2563eb', gradient: '#d97706' };

const x = (time) => left + ((width - left - 20) * time) / END;
const y = (limit) => height - bottom - ((height - top - bottom) * limit) / highest;
const text = (at, from, words, more = '') => `<text x="${at}" y="${from}" ${more}>${words}</text>`;

const runs = Object.entries(algorithms).map(([name, make]) => ({
  name,
  run: simulate({ seed, rate, limit: 8, algorithm: make() }),
}));
const bests = SPANS.map((span) => ({ span, best: bestFixed({ seed, rate, span }) }));

function steps({ limits }) {
  let path = `M${x(0)} ${y(8)}`;
  for (const { time, limit } of limits) path += `H${x(time).toFixed(1)}V${y(limit).toFixed(1)}`;
  return `${path}H${x(END)}`;
}

const grid = [0, 16, 32, 48].map(
  (limit) =>
    `<line x1="${left}" x2="${width - 20}" y1="${y(limit)}" y2="${y(limit)}" stroke="#8884"/>` +
    text(left - 8, y(limit) + 4, limit, 'text-anchor="end"'),
);
const seconds = [0, 20, 40, 60, 80, 100, 120].map((at) =>
  text(x(at * 1000), height - bottom + 18, `${at} s`, 'text-anchor="middle"'),
);
const lines = bests.map(
  ({ span: [from, to], best }) =>
    `<line x1="${x(from)}" x2="${x(to)}" y1="${y(best.limit)}" y2="${y(best.limit)}" stroke="#16a34a" stroke-width="3"/>`,
);
const legend = runs.map(({ name, run }, i) => {
  const each = bests.map(({ span, best }) => {
    const { throughput, p99 } = figures(run, span);
    return `${Math.round((100 * throughput) / best.throughput)} % of its throughput, ${(p99 / best.p99).toFixed(2)} of its p99`;
  });
  return text(left, 18 + 17 * i, `${name}: before ${each[0]}; after ${each[1]}`, `fill="${colours[name]}"`);
});

writeFileSync(
  new URL('adapt.svg', import.meta.url),
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#888">
<title>The limits that aimd and gradient come to at a simulated server, against the best fixed limit</title>
${grid.join('\n')}
${seconds.join('\n')}
<line x1="${x(END / 2)}" x2="${x(END / 2)}" y1="${top}" y2="${height - bottom}" stroke="#888" stroke-dasharray="4 4"/>
${text(x(END / 2) + 6, top + 12, 'the server becomes half as fast')}
${lines.join('\n')}
${text(x(SPANS[0][0]), y(bests[0].best.limit) + 16, 'the best fixed limit', 'fill="#16a34a"')}
${runs.map(({ name, run }) => `<path d="${steps(run)}" fill="none" stroke="${colours[name]}" stroke-width="1.5"/>`).join('\n')}
${legend.join('\n')}
</svg>
`,
);
