// `pnpm version:next`: turns the notes in .changeset/ into versions and CHANGELOGs. A package that was never published gets the
// version that its package.json says already, 0.1.0, however many notes there are: changesets raise what is there.
//
// With --check it does so to a copy, and says which versions that makes.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installTools, runTool } from './tool.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folders = readdirSync(join(root, 'packages'));

/** Where the packages are that get a version, by name. */
function manifests(base) {
  return folders.map((folder) => {
    const file = join(base, 'packages', folder, 'package.json');
    const isPublished = existsSync(join(base, 'packages', folder, 'CHANGELOG.md'));
    return { file, isPublished, manifest: JSON.parse(readFileSync(file, 'utf8')) };
  });
}

function raise(base) {
  const before = manifests(base);
  for (const { file, isPublished } of before) {
    if (isPublished) continue;
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(/^( {2}"version": ")[^"]+/m, '$10.0.0'));
  }
  const { status, stdout, stderr } = runTool('changeset', ['version'], { cwd: base, stdio: 'pipe' });
  if (status !== 0) fail(`changeset version ended with ${status}\n${stdout}${stderr}`);
  for (const [i, { manifest }] of manifests(base).entries()) {
    const { isPublished, manifest: was } = before[i];
    console.log(`version: ${manifest.name} ${manifest.version}`);
    if (!isPublished && manifest.version !== was.version) fail(`it was to be first published as ${was.version}`);
  }
}

function fail(reason) {
  console.error(`version: ${reason}`);
  process.exit(1);
}

/** What changesets look at. */
function copyOfManifests() {
  const copy = mkdtempSync(join(tmpdir(), 'eventfd-version-'));
  process.on('exit', () => rmSync(copy, { recursive: true }));
  for (const path of ['.changeset', 'package.json', 'pnpm-workspace.yaml', 'pnpm-lock.yaml']) {
    cpSync(join(root, path), join(copy, path), { recursive: true });
  }
  for (const folder of folders) {
    for (const file of ['package.json', 'CHANGELOG.md']) {
      const from = join(root, 'packages', folder, file);
      if (existsSync(from)) cpSync(from, join(copy, 'packages', folder, file), { recursive: true });
    }
  }
  mkdirSync(join(copy, 'scripts/tools'), { recursive: true });
  symlinkSync(join(root, 'scripts/tools/node_modules'), join(copy, 'scripts/tools/node_modules'));
  // It notes the commit of each change, and asks git for it.
  const git = (...args) =>
    spawnSync('git', ['-c', 'user.name=x', '-c', 'user.email=x', '-c', 'commit.gpgsign=false', ...args], { cwd: copy });
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '-m', 'copy');
  return copy;
}

await installTools();
raise(process.argv.includes('--check') ? copyOfManifests() : root);
