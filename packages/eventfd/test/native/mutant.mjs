import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Puts a bug into a copy of the sources, to show that it is found: in `file` under `directory`, `find` becomes `replace`.
 * It stands there exactly once, else the sources have changed and the mutation must follow them.
 */
export function mutate(directory, { name, file, find, replace }) {
  const path = join(directory, file);
  const parts = readFileSync(path, 'utf8').split(find);
  if (parts.length !== 2) throw new Error(`mutation "${name}": ${file} has its text ${parts.length - 1} times`);
  writeFileSync(path, parts.join(replace));
}

/** Copies the core to `directory`, with one bug; returns `directory`, where its headers are included from. */
export function mutatedCore(native, directory, mutation) {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  cpSync(join(native, 'core'), join(directory, 'core'), { recursive: true });
  mutate(join(directory, 'core'), mutation);
  return directory;
}
