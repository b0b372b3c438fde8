// A process is asked by its inspector to close that, and the connection is closed at the same time.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const expression = `process.getBuiltinModule('inspector').close()`;
let died = false;
for (let i = 0; i < 200 && !died; i++) {
  const child = spawn(process.execPath, ['--inspect=0', '-e', 'setInterval(() => {}, 1e8)'], { stdio: 'pipe' });
  const [said] = await once(child.stderr, 'data');
  const socket = new WebSocket(`${said}`.split(/\s/)[3]);
  await once(socket, 'open');
  socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } }));
  socket.close();
  await Promise.race([once(child, 'exit'), sleep(200)]);
  died = child.signalCode !== null;
  child.kill('SIGKILL');
}
console.log(died ? 'FAILS: the process died of SIGSEGV' : 'ok');
