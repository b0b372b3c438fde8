/**
 * Import this before anything that imports `eventfd`: this process, and the threads it starts, then load the addon that
 * has named points (native/core/points.h). It is built when it is not up to date.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const eventfd = new URL('../../../eventfd/', import.meta.url);
execFileSync(process.execPath, [fileURLToPath(new URL('scripts/build-native.mjs', eventfd)), '--points']);
// Where src/native.ts looks first.
Object.assign(process.env, { EVENTFD_PREBUILD: fileURLToPath(new URL('.cache/points', eventfd)) });
