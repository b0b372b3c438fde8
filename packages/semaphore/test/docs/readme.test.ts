/**
 * Every block of code of every README, as its reader pastes it. One in JavaScript begins with the name of its file, and where
 * one of `text` follows, the program prints just that. Commands start such a program, or scripts and programs of the
 * workspace, which have tests of their own.
 */
import { spawn } from 'node:child_process';
import {
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
import { dirname, join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

interface Block {
  readonly language: string;
  readonly text: string;
  /** What the README says that it prints. */
  readonly prints: string | undefined;
}

interface Readme {
  readonly path: string;
  readonly blocks: Block[];
}

function readmesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isFile() && entry.name === 'README.md') return [join(folder, entry.name)];
    if (!entry.isDirectory() || /^(node_modules|dist|build|\.cache|\.git)$/.test(entry.name)) return [];
    return readmesUnder(join(folder, entry.name));
  });
}

/** Fenced blocks, and indented ones, which are commands. */
function blocksOf(page: string): Block[] {
  const found = Array.from(page.matchAll(/^```(\w*)\n([\s\S]*?)^```$|(?<=\n\n)((?: {4}\S.*\n)+)/gm), (match) =>
    match[3] === undefined
      ? { language: match[1] ?? '', text: match[2] ?? '' }
      : { language: 'sh', text: match[3].replaceAll(/^ {4}/gm, '') },
  );
  return found.flatMap((block, i) => {
    const next = found[i + 1];
    return block.language === 'text' ? [] : [{ ...block, prints: next?.language === 'text' ? next.text : undefined }];
  });
}

const readmes: Readme[] = readmesUnder(root)
  .map((file) => ({ path: relative(root, file), blocks: blocksOf(readFileSync(file, 'utf8')) }))
  .filter(({ blocks }) => blocks.length > 0);

const nameOf = ({ text }: Block) => /^\/\/ ([\w-]+\.m?js)\n/.exec(text)?.[1];
const programs = (blocks: readonly Block[]) => blocks.filter(({ language }) => language === 'js');
const commands = (blocks: readonly Block[]) =>
  blocks
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text, prints }) =>
      text
        .trim()
        .split('\n')
        .map((line) => ({ line: line.replace(/ +# .*/, ''), prints })),
    );

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder in which the packages are installed, with the programs of a README. */
function folderWith(blocks: readonly Block[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'eventfd-readme-'));
  folders.push(folder);
  const installed = {
    eventfd: 'packages/eventfd',
    '@eventfd/semaphore': 'packages/semaphore',
    '@eventfd/lease': 'packages/lease',
    piscina: 'packages/semaphore/node_modules/piscina',
  };
  for (const [name, path] of Object.entries(installed)) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, path), link);
  }
  for (const block of programs(blocks)) writeFileSync(join(folder, nameOf(block) ?? 'unnamed.mjs'), block.text);
  return folder;
}

async function run(program: string, folder: string, env: Record<string, string> = {}, args: string[] = []) {
  const child = spawn(process.execPath, [program, ...args], { cwd: folder, env: { ...process.env, ...env } });
  const code = new Promise((resolve, reject) => child.once('close', resolve).once('error', reject));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect([await code, stderr]).toEqual([0, '']);
  return stdout;
}

/** A command is one of these, or it is an error. */
async function check({ line, prints }: { line: string; prints: string | undefined }, folder: string): Promise<void> {
  const [, packageManager, script] = /^npx --yes (pnpm@\S+) ([\w:]+)/.exec(line) ?? [];
  const [, packages] = /^npm install (.+)$/.exec(line) ?? [];
  const [, variable, value = '', program] = /^(?:(\w+)=(\S+) )?node ([\w-]+\.mjs)$/.exec(line) ?? [];
  const inWorkspace = Array.from(line.matchAll(/(?:^|&& )node (\S+\/\S+)/g), ([, path]) => path as string);
  const [, subcommand] = /^npx @eventfd\/semaphore (\w+)/.exec(line) ?? [];
  if (subcommand !== undefined) {
    const help = await run(join(root, 'packages/semaphore/bin/eventfd.mjs'), folder, {}, ['--help']);
    expect(help).toContain(`npx @eventfd/semaphore ${subcommand} `);
  } else if (script !== undefined) {
    expect(packageManager).toBe(manifest.packageManager);
    expect(Object.keys(manifest.scripts)).toContain(script);
  } else if (packages !== undefined) {
    for (const name of packages.split(' ')) expect(existsSync(join(folder, 'node_modules', name)), name).toBe(true);
  } else if (program !== undefined) {
    const printed = await run(program, folder, variable === undefined ? {} : { [variable]: value });
    if (prints !== undefined) expect(printed).toBe(prints);
  } else {
    expect(inWorkspace, `a command that nothing checks: ${line}`).not.toEqual([]);
    for (const path of inWorkspace) expect(existsSync(join(root, path)), path).toBe(true);
  }
}

test('there are READMEs, and blocks in them', () => {
  expect(readmes.map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      'README.md',
      ...['eventfd', 'lease', 'semaphore'].map((name) => `packages/${name}/README.md`),
    ]),
  );
  expect(readmes.flatMap(({ blocks }) => blocks).length).toBeGreaterThan(15);
});

describe.each(readmes)('$path', ({ blocks }) => {
  test('has blocks of known languages, and programs with names', () => {
    expect(blocks.filter(({ language }) => language !== 'js' && language !== 'sh')).toEqual([]);
    expect(programs(blocks).filter((block) => nameOf(block) === undefined)).toEqual([]);
  });

  test('has programs that print what it says', async () => {
    const folder = folderWith(blocks);
    for (const block of programs(blocks)) {
      const name = nameOf(block) as string;
      const isPart = programs(blocks).some((other) => other !== block && other.text.includes(`${name}'`));
      if (isPart)
        expect(block.prints, `${name} is a part of another program, and prints nothing by itself`).toBe(undefined);
      else expect(await run(name, folder), name).toBe(block.prints ?? '');
    }
  });

  test('has commands that there are', async () => {
    const folder = folderWith(blocks);
    for (const command of commands(blocks)) await check(command, folder);
  });
});
