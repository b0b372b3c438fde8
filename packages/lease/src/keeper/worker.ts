/** The keeper's thread: the engines that leases of its parent thread use, and a Keeper for each lease. */
import { parentPort } from 'node:worker_threads';
import { Event, Semaphore } from '@eventfd/semaphore';
import { bootClock } from './clock.js';
import { Keeper, type Told } from './keeper.js';
import { Local } from './local.js';
import { type Call, type Failure, type FromKeeper, failureOf, type Open } from './messages.js';
import { Session } from './session.js';
import { Teller } from './teller.js';

const clock = bootClock();
const sessions = new Map<number, Session>();
interface Kept {
  readonly keeper: Keeper;
  readonly part: () => Promise<void>;
  /** Of shared memory. */
  readonly letGo: () => void;
}

const keepers = new Map<number, Kept>();
/** Leases that were closed: what is to be done when everybody has been told. */
const ended = new Map<number, () => void>();

/** What is told of an error already. */
class Refusal {
  readonly failure: Failure;

  constructor(failure: Failure) {
    this.failure = failure;
  }
}

function tell(message: FromKeeper): void {
  parentPort?.postMessage(message);
}

/** The session with this engine, which the first lease begins and the last one ends. */
function sessionFor({ engine, source }: Open): Session {
  const found = sessions.get(engine);
  if (found !== undefined) return found;
  const session = new Session(source);
  sessions.set(engine, session);
  return session;
}

async function open(request: Open): Promise<void> {
  const { open: lease, terms, predecessor } = request;
  const session = sessionFor(request);
  session.users++;
  const member = session.nextMember();
  const teller = new Teller(request, member, session.secrets);
  const part = async () => {
    teller.end();
    keepers.delete(lease);
    session.keepers.delete(member);
    if (--session.users > 0) return;
    sessions.delete(request.engine);
    await session.close();
  };
  const shared: (Semaphore | Event)[] = [];
  const letGo = () => {
    teller.forget();
    for (const each of shared) each[Symbol.dispose]();
  };
  try {
    const semaphore = Semaphore.from(request.semaphore);
    const bell = Event.from(request.bell);
    shared.push(semaphore, bell);
    const makeLocal = (look: () => void) => new Local(semaphore, bell, look);
    const told = (now: Told, why: unknown) => teller.tell(now, why);
    const keeper = new Keeper(terms, member, await session.engine, makeLocal, clock, told, predecessor?.member);
    session.keepers.set(member, keeper);
    keepers.set(lease, { keeper, part, letGo });
    await keeper.begin();
  } catch (error) {
    await part();
    if (predecessor === undefined) letGo();
    // Told without the secrets of this session, which the others do not know.
    throw new Refusal(failureOf(error, session.secrets));
  }
}

async function close(lease: number): Promise<void> {
  const found = keepers.get(lease);
  await found?.keeper.close();
  await found?.part();
  if (found !== undefined) ended.set(lease, found.letGo);
}

/** The thread that closed it has told all others. */
function forget(lease: number): void {
  ended.get(lease)?.();
  ended.delete(lease);
}

async function drop(lease: number): Promise<void> {
  const found = keepers.get(lease);
  found?.keeper.drop();
  await found?.part();
}

async function answer({ call, request }: Call): Promise<void> {
  try {
    if ('open' in request) await open(request);
    else if ('resize' in request) await keepers.get(request.resize)?.keeper.resize(request.permits);
    else if ('forget' in request) forget(request.forget);
    else if ('drop' in request) await drop(request.drop);
    else await close(request.close);
    tell({ done: call, failure: undefined });
  } catch (error) {
    tell({ done: call, failure: error instanceof Refusal ? error.failure : failureOf(error, []) });
  }
}

parentPort?.on('message', (call: Call) => void answer(call));
