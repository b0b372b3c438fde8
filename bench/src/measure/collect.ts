import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What has V8 collect all garbage, at once. */
export function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
