/** The ways in which a worker ends, whatever it holds. Each resolves once the thread is gone. */
import type { Actor } from './actor.js';
import { within } from './deadline.js';

type Death = (actor: Actor) => Promise<unknown>;

function byOperation(operation: string): Death {
  return (actor) => {
    actor.tell(operation);
    return within(`the end of the worker by ${operation}`, actor.gone);
  };
}

export const deaths: Readonly<Record<string, Death>> = {
  'terminate()': (actor) => actor.terminate(),
  'terminate() in a tight loop': async (actor) => {
    actor.tell('spin');
    await actor.terminate();
  },
  'process.exit()': byOperation('exit'),
  'an uncaught error': byOperation('throw'),
  'running out of memory': byOperation('exhaust'),
  returning: byOperation('return'),
};

/** For workers that are to run out of memory before the machine does. */
export const SMALL_HEAP = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4 };
