import { invalidValue, requireObject, requireText } from '../check.js';
import { EngineSource } from '../engine.js';

/** Which broker. */
export interface MachineOptions {
  /** Apart from other programs of the same user: letters, digits, `.`, `_` and `-`, 48 at most; `default` by default. */
  namespace?: string | undefined;
}

/**
 * The processes of one machine, without a server: whichever comes first is the broker of the others, and when it ends another takes
 * over. What a process held is free as soon as it has ended, however it did. `cluster`, pm2 and `child_process.fork` need no
 * set-up.
 *
 * For the processes of one user, in one network namespace (a container has its own). It stands on sockets of Linux's abstract
 * namespace, see unix(7), which have no permissions: other users of the machine can connect too.
 *
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`
 */
export function machine(options: MachineOptions = {}): EngineSource {
  requireObject('options', options);
  const { namespace = 'default' } = options;
  requireText('options.namespace', namespace, 48);
  if (!/^[\w.-]+$/.test(namespace)) {
    throw invalidValue('options.namespace', 'may have letters, digits, ".", "_" and "-" only', `'${namespace}'`);
  }
  const address = `eventfd-lease/${process.getuid?.() ?? 0}/${namespace}`;
  return new EngineSource('machine', new URL('./engine.js', import.meta.url).href, { address });
}
