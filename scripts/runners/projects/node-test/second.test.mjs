import test from 'node:test';
import { plain } from './app/scenarios.mjs';

for (const [name, scenario] of Object.entries(plain)) test(`second: ${name}`, () => scenario());
