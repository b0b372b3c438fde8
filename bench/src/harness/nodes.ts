/** The Nodes to measure, installed the way the test matrix installs them. */
import { spawnSync } from 'node:child_process';
import { Failure } from './failure.js';

export interface Node {
  readonly binary: string;
  readonly version: string;
  readonly v8: string;
  readonly numbers: readonly [major: number, minor: number];
}

interface Installer {
  /** The binary of the newest release of a major version; `undefined` when it cannot be had. */
  nodeOf(major: string): string | undefined;
}

export async function nodesOf(majors: readonly string[]): Promise<Node[]> {
  if (majors.length === 0) return [describe(process.execPath)];
  const { nodeOf } = (await import(new URL('../../../scripts/nodes.mjs', import.meta.url).href)) as Installer;
  return majors.map((major) => {
    const binary = major === process.versions.node.split('.')[0] ? process.execPath : nodeOf(major);
    if (binary === undefined) throw new Failure(`Node ${major} could not be installed`);
    return describe(binary);
  });
}

function describe(binary: string): Node {
  const script = 'process.stdout.write(process.version + " " + process.versions.v8)';
  const { stdout } = spawnSync(binary, ['-e', script], { encoding: 'utf8' });
  const [version = '', v8 = ''] = stdout.split(' ');
  const [major = 0, minor = 0] = version.slice(1).split('.').map(Number);
  return { binary, version, v8, numbers: [major, minor] };
}
