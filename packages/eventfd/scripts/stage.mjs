import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/** The sources of the addon in a folder of their own, so that another build of them leaves the checkout's own alone. */
export function stage(root, name) {
  const folder = join(root, '.cache', name);
  rmSync(join(folder, 'native'), { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const file of ['package.json', 'native'])
    cpSync(join(root, file), join(folder, file), { recursive: true, preserveTimestamps: true });
  if (!existsSync(join(folder, 'node_modules'))) symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}
