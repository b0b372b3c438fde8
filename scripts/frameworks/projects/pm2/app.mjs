// Says what it has done where REPORT leads, and stays.
import { once } from 'node:events';
import { connect } from 'node:net';
import { work } from './support/program.mjs';

const socket = connect(process.env.REPORT);
await once(socket, 'connect');
socket.write(`${JSON.stringify(await work())}\n`);
