import { expect, test } from 'vitest';
import { directory, filesIn, limitFiles, main, run } from './cli.js';

test('on a terminal there is a bar, elsewhere there are lines', async () => {
  const dir = filesIn(directory(), 30);
  const piped = await limitFiles('--dir', dir);
  expect(piped.stderr.split('\n').filter((line) => line.startsWith('with '))).toHaveLength(4);

  const onTerminal = 'import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)';
  const shown = await run('python3', ['-c', onTerminal, process.execPath, main, '--dir', dir, '--verify']);
  expect(shown.stdout).toContain('░');
  expect(shown.stdout).toMatch(/verified {2}.*same digest/);
  expect(shown.code).toBe(0);
});
