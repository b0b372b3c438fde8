// pm2 starts a program in fork mode and, twice, in cluster mode, and reloads it. Its daemon lives in this folder, and ends with this.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { checkWork, run } from './support/proof.mjs';

const folder = import.meta.dirname;
const report = join(folder, 'report');
const env = { PM2_HOME: join(folder, 'pm2'), REPORT: report, PM2_DISABLE_VERSION_CHECK: 'true' };
const pm2 = (...args) => run([join(folder, 'node_modules/pm2/bin/pm2'), ...args], env);

const server = createServer().listen(report);
await once(server, 'listening');
/** What the next so many processes say that connect. */
async function reports(count) {
  const said = [];
  const ended = [];
  while (said.length < count) {
    const [socket] = await once(server, 'connection');
    ended.push(once(socket, 'close'));
    said.push(once(createInterface(socket), 'line').then(([line]) => JSON.parse(line)));
  }
  return { said: await Promise.all(said), ended: Promise.all(ended) };
}

try {
  const forked = reports(1);
  await pm2('start', 'app.mjs', '--name', 'forked');
  const one = await forked;
  const clustered = reports(2);
  await pm2('start', 'app.mjs', '--name', 'clustered', '-i', '2');
  const two = await clustered;
  checkWork([...one.said, ...two.said], 3);
  const reloaded = reports(2);
  await pm2('reload', 'clustered');
  const again = await reloaded;
  await two.ended;
  checkWork([...one.said, ...two.said, ...again.said], 5);
  const { passed } = one.said[0];
  console.log(`fork mode, cluster mode and its reload: ${passed.length} scenarios in each of 5 processes`);
  console.log('each holds the only permit of that name: it is of its process');
} finally {
  await pm2('kill');
  server.close();
}
