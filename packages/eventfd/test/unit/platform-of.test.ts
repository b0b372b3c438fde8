/** A binary in a package's folder of one system must not be another's: scripts/platform-of.mjs looks. */
import { readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/platform-of.mjs', import.meta.url));
const { platformOf } = await import(pathToFileURL(script).href);

function machO(cpu: number) {
  const file = Buffer.alloc(64);
  file.writeUInt32LE(0xfeedfacf, 0);
  file.writeUInt32LE(cpu, 4);
  return file;
}

function portableExecutable(machine: number, header = 64) {
  const file = Buffer.alloc(header + 24);
  file.write('MZ', 0);
  file.writeUInt32LE(header, 60);
  file.write('PE\0\0', header);
  file.writeUInt16LE(machine, header + 4);
  return file;
}

test('a binary of this machine is for this machine', () => {
  expect(platformOf(readFileSync(process.execPath))).toBe(`linux-${process.arch}`);
});

test('the headers of other systems are told apart, with their processors', () => {
  expect(platformOf(machO(0x01000007))).toBe('darwin-x64');
  expect(platformOf(machO(0x0100000c))).toBe('darwin-arm64');
  expect(platformOf(portableExecutable(0x8664))).toBe('win32-x64');
  expect(platformOf(portableExecutable(0xaa64, 128))).toBe('win32-arm64');
});

test('what is no binary, or is cut off, is for nothing', () => {
  const cut = portableExecutable(0x8664);
  cut.writeUInt32LE(4096, 60);
  for (const file of [Buffer.alloc(0), Buffer.alloc(64), Buffer.from('#!/bin/sh\n'.repeat(10)), machO(12), cut])
    expect(platformOf(file)).toBeUndefined();
});
