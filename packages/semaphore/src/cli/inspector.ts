/** Node's inspector in another process: opened if it is not, and closed again. https://chromedevtools.github.io/devtools-protocol/ */
import { once } from 'node:events';
import process from 'node:process';
import { clearTimeout, setTimeout } from 'node:timers';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { Failure } from './failure.js';
import type { Target } from './target.js';

/** The longest that an answer may take, in milliseconds: a thread blocked by this package answers within 50. */
const PATIENCE = 10_000;
/** Between two looks at whether it is there, or gone, yet. */
const LOOK_MS = 20;

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { sessionId: string; message: string; workerInfo: { title: string; url: string } };
  readonly result?: {
    readonly result?: { readonly value?: unknown };
    readonly exceptionDetails?: { readonly text: string };
  };
  readonly error?: { readonly message: string };
}

/** A thread that can be asked. */
export interface Thread {
  evaluate(expression: string): Promise<unknown>;
}

/** With one thread: the questions that are under way, and the workers that it tells of. */
class Conversation implements Thread {
  readonly #workers = new Map<string, Conversation>();
  readonly #send: (message: string) => void;
  readonly #pending = new Map<number, (answer: Answer) => void>();
  readonly #who: string;
  #last = 0;

  constructor(who: string, send: (message: string) => void) {
    this.#who = who;
    this.#send = send;
  }

  received(answer: Answer): void {
    const { id, method, params } = answer;
    if (id !== undefined) {
      this.#pending.get(id)?.(answer);
      this.#pending.delete(id);
    } else if (params !== undefined && method === 'NodeWorker.attachedToWorker') {
      const { sessionId, workerInfo } = params;
      const send = (message: string) => {
        void this.ask('NodeWorker.sendMessageToWorker', { sessionId, message }).catch(() => {});
      };
      this.#workers.set(sessionId, new Conversation(workerInfo.title, send));
    } else if (params !== undefined && method === 'NodeWorker.receivedMessageFromWorker') {
      this.#workers.get(params.sessionId)?.received(JSON.parse(params.message));
    }
  }

  /** The main thread's, which hears of the workers of workers, too. */
  async family(): Promise<Thread[]> {
    this.#workers.clear();
    await this.ask('NodeWorker.enable', { waitForDebuggerOnStart: false });
    return [this, ...this.#workers.values()];
  }

  async forgetFamily(): Promise<void> {
    await this.ask('NodeWorker.disable', {});
    this.#workers.clear();
  }

  async ask(method: string, params: object): Promise<Answer> {
    const id = ++this.#last;
    const answered = new Promise<Answer>((resolve) => this.#pending.set(id, resolve));
    this.#send(JSON.stringify({ id, method, params }));
    const answer = await within(
      answered,
      `${this.#who} does not answer: is it blocked in something else than this package?`,
    );
    if (answer.error !== undefined) throw new Failure(`${this.#who}: ${method}: ${answer.error.message}`);
    return answer;
  }

  async evaluate(expression: string): Promise<unknown> {
    const { result } = await this.ask('Runtime.evaluate', { expression, returnByValue: true });
    const { exceptionDetails } = result ?? {};
    if (exceptionDetails !== undefined) throw new Failure(`${this.#who} cannot be asked: ${exceptionDetails.text}`);
    return result?.result?.value;
  }
}

function within<T>(promise: Promise<T>, otherwise: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Failure(otherwise)), PATIENCE);
    promise.then(resolve, reject).finally(() => clearTimeout(late));
  });
}

export class Inspector {
  /** The main thread. */
  readonly main: Thread;
  readonly #target: Target;
  readonly #port: number;
  readonly #wasOpen: boolean;
  readonly #socket: WebSocket;
  readonly #conversation: Conversation;

  private constructor(target: Target, port: number, wasOpen: boolean, socket: WebSocket) {
    this.#target = target;
    this.#port = port;
    this.#wasOpen = wasOpen;
    this.#socket = socket;
    this.#conversation = new Conversation('its main thread', (message) => socket.send(message));
    this.main = this.#conversation;
    socket.on('message', (data) => this.#conversation.received(JSON.parse(`${data}`)));
  }

  static async open(target: Target): Promise<Inspector> {
    const before = target.ports();
    const open = await addressIn(before);
    if (open !== undefined) return Inspector.#connect(target, open, true);
    process.kill(target.pid, 'SIGUSR1');
    const deadline = performance.now() + PATIENCE;
    while (performance.now() < deadline) {
      const opened = [...target.ports()].filter((port) => !before.has(port));
      const address = await addressIn(opened);
      if (address !== undefined) return Inspector.#connect(target, address, false);
      if (!target.alive) throw new Failure(`process ${target.pid} has ended`);
      await sleep(LOOK_MS);
    }
    throw new Failure(
      `process ${target.pid} has opened no inspector. Its port, 9229 or what --inspect-port says, may be another's: its stderr says so`,
    );
  }

  static async #connect(target: Target, { port, url }: Address, wasOpen: boolean): Promise<Inspector> {
    const socket = new WebSocket(url);
    try {
      await within(once(socket, 'open'), `the inspector at ${url} does not answer`);
    } catch (error) {
      throw error instanceof Failure
        ? error
        : new Failure(`the inspector at ${url} refuses: ${(error as Error).message}`);
    }
    return new Inspector(target, port, wasOpen, socket);
  }

  /** Every thread that there is now. */
  threads(): Promise<Thread[]> {
    return this.#conversation.family();
  }

  forgetThreads(): Promise<void> {
    return this.#conversation.forgetFamily();
  }

  /** As it was found. */
  async close(): Promise<void> {
    const closed = once(this.#socket, 'close');
    // It closes the connection itself. To close it here, too, would be a race that Node 24 does not survive (docs/upstream.md).
    // It returns when that is done, so its answer is not waited for.
    const expression = `process.getBuiltinModule('inspector').close()`;
    if (this.#wasOpen) this.#socket.close();
    else this.#socket.send(JSON.stringify({ id: 0, method: 'Runtime.evaluate', params: { expression } }));
    await within(closed, 'the inspector does not let go');
    const deadline = performance.now() + PATIENCE;
    while (!this.#wasOpen && this.#target.ports().has(this.#port)) {
      if (performance.now() > deadline)
        throw new Failure(`the inspector of ${this.#target.pid} stays open on port ${this.#port}`);
      await sleep(LOOK_MS);
    }
  }
}

interface Address {
  readonly port: number;
  readonly url: string;
}

/** Where among the ports there is an inspector. */
async function addressIn(ports: Iterable<number>): Promise<Address | undefined> {
  for (const port of ports) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/json/list`, { signal: AbortSignal.timeout(1000) });
      const [first] = (await response.json()) as { webSocketDebuggerUrl?: string }[];
      if (first?.webSocketDebuggerUrl !== undefined) return { port, url: first.webSocketDebuggerUrl };
    } catch {
      // It is something else.
    }
  }
  return undefined;
}
