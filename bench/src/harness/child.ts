/** The fresh process of one run: `child.js CASE SUBJECT POINT`. Its last line on stdout is what it found, as JSON. */
import { caseOf } from '../cases/index.js';
import type { Point } from './types.js';

const [id = '', subject = '', point = '{}'] = process.argv.slice(2);
const entry = caseOf(id)?.subjects[subject];
if (entry === undefined || !('run' in entry.way)) throw new Error(`No ${subject} in the case ${id}`);
const figures = await entry.way.run(JSON.parse(point) as Point);
const { user, system } = process.cpuUsage();
process.stdout.write(`${JSON.stringify({ figures, cpu: (user + system) / 1e6 })}\n`);
// Peers leave handles behind that would keep the process.
process.exit(0);
