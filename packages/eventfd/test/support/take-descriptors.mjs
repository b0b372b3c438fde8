import { closeSync, openSync } from 'node:fs';

/** Opens descriptors until the process may have no more; returns how to close them again. */
export function takeDescriptors() {
  const taken = [];
  try {
    for (;;) taken.push(openSync('/dev/null'));
  } catch ({ code }) {
    if (code !== 'EMFILE') throw new Error(`EMFILE was to be met, not ${code}`);
  }
  return () => {
    for (const fd of taken.splice(0)) closeSync(fd);
  };
}
