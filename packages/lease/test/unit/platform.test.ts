/** Elsewhere than on Linux the package can be installed and imported, and says so when a lease is asked for. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const program = (platform: string) => `
  Object.defineProperty(process, 'platform', { value: '${platform}' });
  const { lease } = await import('@eventfd/lease');
  const { machine } = await import('@eventfd/lease/machine');
  await lease('elsewhere', { permits: 1, engine: machine() }).catch(({ name, code, message }) =>
    console.log(JSON.stringify({ name, code, message })),
  );
`;

test.each(['darwin', 'win32'])('on %s a lease is refused, with what works there', async (platform) => {
  const args = ['--input-type=module', '-e', program(platform)];
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd });
  const refused = JSON.parse(stdout);
  expect(refused).toMatchObject({ name: 'Error', code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
  expect(refused.message).toContain(platform);
  expect(refused.message).toContain('Semaphore');
});
