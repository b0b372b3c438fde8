/** The error that a call throws or rejects with. */
export async function errorOf(
  call: () => unknown,
): Promise<Error & { code?: string; errno?: number; syscall?: string }> {
  try {
    await call();
  } catch (error) {
    return error as Error;
  }
  throw new Error('no error was thrown');
}
