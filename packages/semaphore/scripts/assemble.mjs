// Assembles src/core/fastpath.wat into a TypeScript module, so that neither a bundler nor the permission model
// stands between the library and its bytes.
import { readFileSync, writeFileSync } from 'node:fs';
import wabt from 'wabt';

const source = new URL('../src/core/fastpath.wat', import.meta.url);
const target = new URL('../src/core/fastpath.generated.ts', import.meta.url);

const { parseWat } = await wabt();
const module = parseWat('fastpath.wat', readFileSync(source, 'utf8'), { threads: true });
module.validate({ threads: true });
const bytes = Buffer.from(module.toBinary({}).buffer).toString('base64');
const text = `// Made by scripts/assemble.mjs from fastpath.wat.\nexport const fastpathBase64 = '${bytes}';\n`;

let before = '';
try {
  before = readFileSync(target, 'utf8');
} catch {}
if (before !== text) writeFileSync(target, text);
