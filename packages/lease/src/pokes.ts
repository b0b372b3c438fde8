/** What a server's function tells a session, as text: the member and, after it, what it was granted. */
import type { EngineEvents } from './engine.js';

export function pokeBy(events: EngineEvents): (text: string) => void {
  return (text) => {
    const [member = '', ...numbers] = text.split(' ');
    const [seq, pushed, keep] = numbers.map(Number);
    const isGrant = seq !== undefined && pushed !== undefined && keep !== undefined;
    events.poke(member, isGrant ? { seq, pushed, keep } : undefined);
  };
}
