/**
 * The broker of one machine: the book, behind a socket. It runs in the keeper's thread of whichever process bound its name first; every
 * session, that process's own too, connects to it.
 *
 * One that takes over grants nothing new until all sessions there are have said what they hold, or GRACE_TICKS have passed.
 */
import type { Server, Socket } from 'node:net';
import { Book, type Poke } from '../book.js';
import type { Claim } from '../engine.js';
import { isAlive, thisProcess } from './alive.js';
import { bind, brokerAt, sessionsAt } from './beacons.js';
import { type Reply, type Request, receive, send, VERSION } from './wire.js';

const TICK_MS = 100;
/** 2 s. Counted in ticks, each of which looks at the sockets: a broker that was stopped has not waited meanwhile. */
const GRACE_TICKS = 20;
/** Between looks whether the process of a session that has ended has ended too. */
const LOOK_MS = 10;
export const GRACE_MS = TICK_MS * GRACE_TICKS;

class Session {
  readonly id: string;
  readonly socket: Socket;
  readonly process: string;
  /** The members it has claimed for, with the name of each. */
  readonly members: Map<string, string>;

  constructor(id: string, socket: Socket, process: string, members = new Map<string, string>()) {
    this.id = id;
    this.socket = socket;
    this.process = process;
    this.members = members;
  }
}

export class Broker {
  readonly #address: string;
  /** The process of the broker before. */
  readonly #before: string | undefined;
  readonly #book = new Book({ endsWithSession: true });
  readonly #sessions = new Map<string, Session>();
  /** That have ended, of processes that may go on: another thread of theirs may say what they hold. */
  readonly #mourned = new Map<string, Session>();
  readonly #spoken = new Set<string>();
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ticks = 0;

  private constructor(address: string, before: string | undefined) {
    this.#address = address;
    this.#before = before;
  }

  /**
   * Becomes the broker of this address; undefined when there is one.
   *
   * @param before the process of the last there was, if this one has known it
   */
  static async elect(address: string, before: string | undefined): Promise<Broker | undefined> {
    const broker = new Broker(address, before);
    // Quiet from before the first can connect.
    broker.#book.quiet = true;
    broker.#server = await bind(brokerAt(address), (socket) => broker.#accept(socket));
    if (broker.#server === undefined) return undefined;
    broker.#server.on('error', () => {}); // of accept(2): the session will try again
    broker.#timer = setInterval(() => broker.#tick(), TICK_MS);
    return broker;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#server?.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #tick(): void {
    this.#ticks++;
    if (this.#ticks >= GRACE_TICKS || this.#allHaveSpoken()) this.#endGrace();
  }

  #allHaveSpoken(): boolean {
    // Only a thread of it has ended. Another may have something to say, and has no beacon yet.
    if (this.#before !== undefined && isAlive(this.#before)) return false;
    for (const session of sessionsAt(this.#address)) if (!this.#spoken.has(session)) return false;
    return true;
  }

  #endGrace(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#book.quiet = false;
    this.#poke(this.#book.due(performance.now()));
  }

  #accept(socket: Socket): void {
    let session: Session | undefined;
    this.#sockets.add(socket);
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (session !== undefined) this.#end(session);
    });
    receive(socket, (line) => {
      const request = line as Request;
      if ('hello' in request) session = this.#greet(socket, request);
      else if (session === undefined) socket.destroy();
      else this.#serve(session, request);
    });
  }

  #greet(socket: Socket, { hello, version, process }: Extract<Request, { hello: string }>): Session | undefined {
    if (version !== VERSION) {
      send(socket, { refused: `it speaks version ${VERSION} of the protocol, this process ${version}` });
      socket.end();
      return undefined;
    }
    if (typeof hello !== 'string' || typeof process !== 'string') throw protocolError('A hello that makes no sense');
    const before = this.#sessions.get(hello) ?? this.#mourned.get(hello);
    this.#mourned.delete(hello);
    const session = new Session(hello, socket, process, before?.members);
    before?.socket.destroy();
    this.#sessions.set(hello, session);
    send(socket, { broker: thisProcess() });
    return session;
  }

  #serve(session: Session, request: Exclude<Request, { hello: string }>): void {
    const reply = (line: Reply) => send(session.socket, line);
    if ('spoken' in request) {
      this.#spoken.add(session.id);
      if (this.#timer !== undefined && this.#allHaveSpoken()) this.#endGrace();
    } else if ('step' in request) {
      checkClaim(request.step, session.id);
      const { answer, pokes } = this.#book.step(request.step, performance.now());
      if (answer.status === 'ok') session.members.set(request.step.member, request.step.name);
      // Who is poked was granted a permit: it first.
      this.#poke(pokes);
      reply({ id: request.id, answer });
    } else if ('leave' in request) {
      const { name, member } = request.leave;
      session.members.delete(member);
      const pokes = this.#book.leave(name, member, performance.now());
      reply({ id: request.id, answer: true });
      this.#poke(pokes);
    } else if ('resize' in request) {
      const pokes = this.#book.resize(request.resize.name, request.resize.permits);
      reply({ id: request.id, answer: pokes !== undefined });
      this.#poke(pokes ?? []);
    }
  }

  #poke(pokes: readonly Poke[]): void {
    for (const { member, grant } of pokes) {
      const session = this.#sessions.get(member.slice(0, 16));
      if (session !== undefined) send(session.socket, { poke: member, grant });
    }
  }

  /** The kernel closed it. */
  #end(session: Session): void {
    if (this.#sessions.get(session.id) !== session) return; // it has connected anew
    this.#sessions.delete(session.id);
    if (session.members.size === 0) return;
    this.#mourned.set(session.id, session);
    this.#mourn(session, performance.now() + GRACE_MS);
  }

  /** What it held is free when its process is dead, or when no other thread of that has come in its place for so long. */
  #mourn(session: Session, until: number): void {
    if (this.#mourned.get(session.id) !== session) return; // it has connected anew
    if (isAlive(session.process) && performance.now() < until) {
      setTimeout(() => this.#mourn(session, until), LOOK_MS).unref();
      return;
    }
    this.#mourned.delete(session.id);
    for (const [member, name] of session.members) this.#poke(this.#book.leave(name, member, performance.now()));
  }
}

/** Whatever connects to an abstract name may write there: what would make the book wrong ends the connection. */
function checkClaim({ name, member, permits, seq, acked, held, over, want, pushed }: Claim, session: string): void {
  const numbers = [permits, seq, acked, held, over, want, pushed];
  const whole = numbers.every((each) => Number.isSafeInteger(each) && each >= 0);
  if (whole && typeof name === 'string' && typeof member === 'string' && member.startsWith(session)) return;
  throw protocolError('A claim that makes no sense');
}

function protocolError(message: string): Error {
  return Object.assign(new Error(message), { code: 'ERR_LEASE_PROTOCOL' });
}
