import process from 'node:process';

/** Warns, as Node does. It does not fail, whoever has replaced what it needs: it is called where a permit is at stake. */
export function warn(warning: string | Error): void {
  try {
    process.emitWarning(warning);
  } catch {
    // Whoever replaced it does not want to know.
  }
}
