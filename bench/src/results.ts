/** bench/results/: a file of figures for each run, and a page of charts beside it. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from './harness/failure.js';
import type { Results } from './harness/types.js';
import { pageOf } from './report/page.js';

const folder = fileURLToPath(new URL('../results/', import.meta.url));

export function fileOf({ date, node, quick }: Results): string {
  const name = `${date.replace(/[:.]/g, '-')}-node-${node.replace(/^v/, '')}${quick ? '-quick' : ''}`;
  return join(folder, `${name}.json`);
}

/** In one step: whoever reads the file at any time finds all of what there was, or all of what there is. */
export function save(results: Results): string {
  const file = fileOf(results);
  mkdirSync(folder, { recursive: true });
  const making = `${file}.${process.pid}`;
  writeFileSync(making, `${JSON.stringify(results, null, 1)}\n`);
  renameSync(making, file);
  return file;
}

/** The page of a file of results, beside it. */
export function writePage(file: string, results: Results): string {
  const page = `${file.replace(/\.json$/, '')}.html`;
  writeFileSync(page, pageOf(results));
  return page;
}

export function readResults(file: string): Results {
  try {
    const results = JSON.parse(readFileSync(file, 'utf8')) as Results;
    if (!Array.isArray(results.cases)) throw new Error('it has no cases');
    return results;
  } catch (error) {
    throw new Failure(`${file} is no file of results: ${(error as Error).message}`);
  }
}
