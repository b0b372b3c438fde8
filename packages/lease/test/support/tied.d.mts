import type { ChildProcess } from 'node:child_process';

export function forkTied(script: URL, args?: readonly string[]): ChildProcess;
export function tied(command: string, args: readonly string[]): [command: string, args: string[]];
