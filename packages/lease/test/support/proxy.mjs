// A TCP proxy between a process and its server, which can be cut: the partitions that a network makes.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** Listens on a free port of the loopback, and passes on to `target`, a port of it. */
export async function startProxy(target) {
  const pairs = new Set();
  let to = target;
  // Which ways nothing passes: what is sent waits, as it does on a network that is down.
  const cut = { toServer: false, toClient: false };

  function pump({ client, server }) {
    for (const [from, onto, blocked] of [
      [client, server, cut.toServer],
      [server, client, cut.toClient],
    ]) {
      if (blocked) from.unpipe(onto).pause();
      else from.pipe(onto);
    }
  }

  const listener = createServer((client) => {
    const server = connect(to, '127.0.0.1');
    const pair = { client, server };
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) socket.on('error', end).on('close', end);
    pump(pair);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const set = (toServer, toClient) => {
    Object.assign(cut, { toServer, toClient });
    for (const pair of pairs) pump(pair);
  };
  return {
    port: listener.address().port,
    /** Nothing passes: not to the server, not to the client, or neither way. */
    cut: (ways = 'both') => set(ways !== 'to client', ways !== 'to server'),
    heal: () => set(false, false),
    /** Ends all connections; later ones go to this port. */
    retarget(port) {
      to = port;
      for (const { client, server } of pairs) {
        client.destroy();
        server.destroy();
      }
    },
    stop() {
      listener.close();
      this.retarget(to);
    },
  };
}
