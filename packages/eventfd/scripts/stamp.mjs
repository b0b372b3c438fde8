// Which sources, compiled by which Node, a binary of the addon was made of.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

function digestOfSources(root) {
  const hash = createHash('sha256').update(process.arch);
  const sources = readdirSync(join(root, 'native'), { recursive: true })
    .filter((file) => /\.(cc|h|cjs)$/.test(file))
    .sort()
    .map((file) => join('native', file));
  for (const file of ['package.json', 'native/binding.gyp', ...sources])
    hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

/** A binary made with an older Node's headers loads in every newer Node; the other way round nobody promises. */
function isUpToDate(folder, digest) {
  const stamp = join(folder, 'build/sources.sha256');
  if (!existsSync(join(folder, 'build/Release/eventfd.node')) || !existsSync(stamp)) return false;
  const [built, abi] = readFileSync(stamp, 'utf8').split(' ');
  return built === digest && Number(abi) <= Number(process.versions.modules);
}

/** Has `make` build the addon in `folder`, unless the one there was made of the sources in `root`. */
export function makeUnlessUpToDate(root, folder, make) {
  const digest = digestOfSources(root);
  if (isUpToDate(folder, digest)) return;
  const stamp = join(folder, 'build/sources.sha256');
  rmSync(stamp, { force: true });
  make();
  writeFileSync(stamp, `${digest} ${process.versions.modules}`);
}
