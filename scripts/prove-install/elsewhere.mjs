// For macOS and Windows, each package manager installs the tarballs as it does on Linux, without a word of warning: `pnpm
// prove:install` runs this. They are told by their own options what to install for. For macOS they are made to believe that
// they run there, too: npm looks at `process.platform` alone for what is not optional. (They look for files elsewhere on Windows.)
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { nodeOf } from '../nodes.mjs';
import { environment, hostNpm, quiet, root, run, tarballs, temporaryFolder } from '../stranger.mjs';

const [, pnpmVersion] = /^pnpm@(.+)$/.exec(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).packageManager);
const VERSIONS = { npm: '12', pnpm: pnpmVersion, '@yarnpkg/cli-dist': '4.18.1' };

const tools = temporaryFolder('eventfd-managers-');
const env = environment(tools, [dirname(process.execPath), process.env.PATH].join(delimiter));
writeFileSync(join(tools, 'package.json'), '{ "private": true }');

function fail(what, output) {
  console.error(`elsewhere: NOT SO: ${what}\n${output}`);
  process.exit(1);
}

const { npm_config_registry: registry = run('npm', ['config', 'get', 'registry'], root, env).stdout.trim() } =
  process.env;
const wanted = Object.entries(VERSIONS).map(([name, version]) => `${name}@${version}`);
const installed = run(process.execPath, [hostNpm, 'install', '--ignore-scripts', ...quiet, ...wanted], tools, env);
if (installed.status !== 0) fail(`npm i ${wanted.join(' ')}`, installed.output);
const cli = (file) => join(tools, 'node_modules', file);

/** `{ eventfd: 'file:...', ... }`: a package's own dependency is the tarball, too, and nothing of the registry. */
const files = Object.fromEntries(
  tarballs.map((file) => {
    const manifest = run('tar', ['-xOf', file, 'package/package.json'], root, env).stdout;
    return [JSON.parse(manifest).name, `file:${file}`];
  }),
);

const npm = (os, cpu) => ['install', `--os=${os}`, `--cpu=${cpu}`, '--no-audit', '--no-fund', '--no-update-notifier'];

/** By manager: how it installs what package.json wants for another system. */
const MANAGERS = {
  'the npm of Node 20': { cli: hostNpm, args: npm },
  'npm 12': { node: nodeOf('26'), cli: cli('npm/bin/npm-cli.js'), args: npm },
  pnpm: {
    cli: cli('pnpm/bin/pnpm.cjs'),
    args: (os, cpu) => ['install', `--os=${os}`, `--cpu=${cpu}`],
    more: { 'pnpm-workspace.yaml': () => JSON.stringify({ overrides: files }) },
  },
  'Yarn 4': {
    cli: cli('@yarnpkg/cli-dist/bin/yarn.js'),
    args: () => ['install', '--no-immutable'],
    more: {
      'yarn.lock': () => '',
      '.yarnrc.yml': (os, cpu) =>
        JSON.stringify({
          nodeLinker: 'node-modules',
          enableTelemetry: false,
          supportedArchitectures: { os: [os], cpu: [cpu] },
          ...(registry && { npmRegistryServer: registry }),
        }),
    },
  },
};

/** What is a complaint, of lines that each of them prints. */
const COMPLAINT = /warn|deprecat|unsupported|incompatible|skipped|EBADPLATFORM|➤ YN0(002|060|076|086)/i;

const base = temporaryFolder('eventfd-elsewhere-');
const onMac = join(base, 'on-mac.cjs');
writeFileSync(onMac, `Object.defineProperties(process, { platform: { value: 'darwin' }, arch: { value: 'arm64' } });`);
for (const [manager, { node = process.execPath, cli: file, args, more = {} }] of Object.entries(MANAGERS)) {
  const systems = ['darwin-arm64', 'win32-x64'];
  for (const system of systems) {
    const [os, cpu] = system.split('-');
    const app = join(base, `${manager} ${system}`.replaceAll(' ', '-'));
    mkdirSync(app);
    const manifest = { name: 'app', private: true, dependencies: files, overrides: files, resolutions: files };
    writeFileSync(join(app, 'package.json'), JSON.stringify(manifest));
    for (const [name, text] of Object.entries(more)) writeFileSync(join(app, name), text(os, cpu));
    const there = os === 'darwin' ? { NODE_OPTIONS: `--require=${onMac}` } : {};
    const { status, output } = run(node, [file, ...args(os, cpu)], app, { ...env, ...there });
    const complaint = output.split('\n').find((line) => COMPLAINT.test(line));
    if (status !== 0 || complaint !== undefined) fail(`${manager} installs for ${system} without a warning`, output);
    const left = Object.keys(files).find((name) => !existsSync(join(app, 'node_modules', name, 'package.json')));
    if (left !== undefined) fail(`${manager} does not leave out ${left} for ${system}`, output);
  }
  console.log(`prove: ${manager} installs for ${systems.join(' and ')}, without a warning`);
}
