// A request's work: it credits a user, in two steps, with a pause between reading and writing.
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { Mutex } from '@eventfd/semaphore';

const { credits, entries, repaired, locked } = workerData;

const isEntered = (id) => entries[id] !== 0;

/** Says where it is, and stands there until it is killed, with the user's lock in its hands. */
async function waitToBeKilled() {
  parentPort.postMessage({ halfWay: true });
  await new Promise(() => {});
}

async function credit({ id, user, standStill }) {
  if (isEntered(id)) return; // a client that was told to try again, though it had been served
  const before = credits[user];
  await pause(1);
  credits[user] = before + 1;
  if (standStill) await waitToBeKilled(); // the credit is there, and no entry that says what for
  entries[id] = user + 1;
}

/** The owner before died half way: what was entered counts. */
function repair(user) {
  credits[user] = entries.filter((entry) => entry === user + 1).length;
  Atomics.add(repaired, 0, 1);
}

async function handle(request) {
  const { user } = request;
  if (!locked) return credit(request);
  // The lock exists while somebody uses it: with a million users, as many as are being served.
  return Mutex.open(`user:${user}`).run(async (guard) => {
    if (guard.abandoned) repair(user);
    await credit(request);
  });
}

parentPort.on('message', async (request) => {
  await handle(request);
  parentPort.postMessage({ id: request.id });
});
