/** The machine engine: a session with the broker, which becomes the broker itself when there is none. */
import { once } from 'node:events';
import { connect, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Claim, Engine, EngineEvents } from '../engine.js';
import { LeaseUnreachableError } from '../errors.js';
import { thisProcess } from './alive.js';
import { beaconOf, bind, brokerAt } from './beacons.js';
import { Broker, GRACE_MS } from './broker.js';
import { type Reply, type Request, receive, send, VERSION } from './wire.js';

/** Between two tries to reach a broker or to become it. Neither fails for longer than it takes to bind a name. */
const RETRY_MS = 5;

interface Pending {
  readonly resolve: (answer: Answer | boolean) => void;
  readonly reject: (error: Error) => void;
}

type Call =
  | Omit<Extract<Request, { step: Claim }>, 'id'>
  | Omit<Extract<Request, { leave: unknown }>, 'id'>
  | Omit<Extract<Request, { resize: unknown }>, 'id'>;

class MachineEngine implements Engine {
  readonly endsWithSession = true;
  readonly #address: string;
  readonly #session: string;
  readonly #events: EngineEvents;
  #beacon: Server | undefined;
  #broker: Broker | undefined;
  /** The process of the one it was connected to last. */
  #brokerBefore: string | undefined;
  #socket: Socket | undefined;
  readonly #pending = new Map<number, Pending>();
  #calls = 0;
  /** Members that the broker, if it is a new one, has to be told of before it may grant anything. */
  readonly #members = new Set<string>();
  #untold = new Set<string>();
  #closed = false;

  constructor(address: string, session: string, events: EngineEvents) {
    this.#address = address;
    this.#session = session;
    this.#events = events;
  }

  /** Before it is connected: a broker that is elected meanwhile waits for it. */
  async begin(): Promise<void> {
    this.#beacon = await bind(beaconOf(this.#address, this.#session), (socket) => socket.destroy());
    void this.#reach();
  }

  async step(claim: Claim): Promise<Answer> {
    const answer = (await this.#call({ step: claim })) as Answer;
    if (answer.status !== 'ok') return answer;
    this.#members.add(claim.member);
    this.#told(claim.member);
    return answer;
  }

  async leave(name: string, member: string): Promise<void> {
    this.#members.delete(member);
    await this.#call({ leave: { name, member } });
    this.#told(member);
  }

  async resize(name: string, permits: number): Promise<boolean> {
    return (await this.#call({ resize: { name, permits } })) as boolean;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#socket?.destroy();
    this.#broker?.close();
    this.#beacon?.close();
  }

  #call(call: Call): Promise<Answer | boolean> {
    const socket = this.#socket;
    if (socket === undefined)
      return Promise.reject(new LeaseUnreachableError('The broker of this machine is not connected'));
    const id = ++this.#calls;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      send(socket, { id, ...call });
    });
  }

  #told(member: string): void {
    if (!this.#untold.delete(member) || this.#untold.size > 0) return;
    if (this.#socket !== undefined) send(this.#socket, { spoken: true });
  }

  /** Connects, or is elected and connects, for as long as it takes. */
  async #reach(): Promise<void> {
    while (!this.#closed) {
      const socket = connect(brokerAt(this.#address));
      try {
        await once(socket, 'connect');
        this.#begin(socket);
        return;
      } catch (error) {
        socket.destroy();
        try {
          if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') {
            this.#broker = await Broker.elect(this.#address, this.#brokerBefore);
            if (this.#closed) this.#broker?.close();
            if (this.#broker !== undefined) continue;
          }
        } catch (cause) {
          this.#events.down(cause);
        }
        await sleep(RETRY_MS);
      }
    }
  }

  #begin(socket: Socket): void {
    if (this.#closed) {
      socket.destroy();
      return;
    }
    this.#socket = socket;
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => this.#lost());
    receive(socket, (line) => this.#hear(line as Reply));
    send(socket, { hello: this.#session, version: VERSION, process: thisProcess() });
    this.#untold = new Set(this.#members);
    if (this.#untold.size === 0) send(socket, { spoken: true });
    this.#events.up();
  }

  #hear(reply: Reply): void {
    if ('poke' in reply) this.#events.poke(reply.poke, reply.grant);
    else if ('broker' in reply) this.#brokerBefore = reply.broker;
    else if ('refused' in reply)
      this.#events.down(new LeaseUnreachableError(`The broker of this machine: ${reply.refused}`));
    else {
      this.#pending.get(reply.id)?.resolve(reply.answer);
      this.#pending.delete(reply.id);
    }
  }

  #lost(): void {
    this.#socket = undefined;
    const error = new LeaseUnreachableError('The connection to the broker of this machine has ended');
    // Another will be elected, which may grant what this session holds when it has not spoken within the grace.
    if (!this.#closed) this.#events.down(error, GRACE_MS);
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
    if (!this.#closed) void this.#reach();
  }
}

/** For the keeper's thread. */
export async function open(options: unknown, session: string, events: EngineEvents): Promise<Engine> {
  const engine = new MachineEngine((options as { address: string }).address, session, events);
  await engine.begin();
  return engine;
}
