// Builds the addon with node-gyp, and only when something it is made of changed.
//
//   node scripts/build-native.mjs             for the checkout, into build/
//   node scripts/build-native.mjs --points    for the tests that kill workers at named points (native/core/points.h), into
//                                             .cache/points/build/; nothing that is published has those
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exclusive } from './exclusive.mjs';
import { compile, needs } from './gyp.mjs';
import { stage } from './stage.mjs';
import { makeUnlessUpToDate } from './stamp.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const points = process.argv.includes('--points');
const folder = points ? join(root, '.cache/points') : root;

await exclusive(`addon ${folder}`);
makeUnlessUpToDate(root, folder, () => {
  if (points) stage(root, 'points');
  const env = points ? { CXXFLAGS: `${process.env.CXXFLAGS ?? ''} -DEFD_POINTS` } : {};
  if (compile(createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js'), folder, { env })) return;
  console.error(`eventfd: the addon did not build (see above). ${needs}.`);
  process.exit(1);
});
