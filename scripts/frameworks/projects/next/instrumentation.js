export async function register() {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { Semaphore } = await import('@eventfd/semaphore');
  globalThis.opened = Semaphore.open('at once', 2);
}
