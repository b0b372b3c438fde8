/** Who is measured, by the names the command line takes. */
export interface Subject {
  readonly title: string;
  readonly about: string;
}

export const subjects: Readonly<Record<string, Subject>> = {
  ours: { title: 'eventfd', about: 'this library' },
  'ours-parked': { title: 'eventfd, no spin', about: 'this library, spinning before a park turned off' },
  'ours-async': { title: 'eventfd, async', about: 'this library, awaited' },
  'ours-fair': { title: 'eventfd, fair', about: 'this library with { fair: true }: strict first come, first served' },
  'ours-mutex': { title: 'eventfd Mutex', about: "this library's Mutex, where the others are semaphores" },
  'ours-tracked': {
    title: 'eventfd, tracked',
    about: 'this library with { trackHolders: true }: where each permit was acquired is noted, by a stack',
  },
  'waker-pipe': { title: 'eventfd, by a pipe', about: 'this library, where threads are woken as on macOS' },
  'waker-async': { title: 'eventfd, by uv_async_t', about: 'this library, where threads are woken as on Windows' },
  'waker-futex': { title: 'eventfd, by a futex', about: 'this library, where threads are woken as in Bun' },
  'ours-eventfd': { title: 'eventfd EventFd', about: "this library's EventFd" },
  'ours-in-task': { title: 'eventfd, in the task', about: 'acquireSync inside the task, on the worker' },
  'ours-leased': { title: 'eventfd lease, Redis', about: "this library's leases, kept by a Redis" },
  'ours-leased-postgres': { title: 'eventfd lease, PostgreSQL', about: 'the same, kept by a PostgreSQL' },
  'ours-leased-machine': { title: 'eventfd lease, machine', about: 'the same, kept by one of the processes' },
  'redis-semaphore': { title: 'redis-semaphore', about: 'npm redis-semaphore 5.8, by ioredis: asks every 10 ms' },
  bottleneck: {
    title: 'bottleneck',
    about: 'npm bottleneck 2.19: clustered, by ioredis, where leases are measured; else one thread only',
  },
  piscina: { title: 'no limit', about: 'Piscina alone' },
  atomics: {
    title: 'Atomics.wait',
    about:
      'a mutex and a semaphore on an Int32Array, after Drepper, and a lock for readers and writers; nothing survives a death',
  },
  'atomics-spin': { title: 'Atomics.wait + spin', about: 'the same, with a spin of 100 looks before each wait' },
  'wait-async': { title: 'Atomics.waitAsync', about: 'a semaphore on an Int32Array; a timer keeps its loop alive' },
  'message-port': { title: 'MessagePort', about: 'two ports for a hand-off, a broker on the main thread for a lock' },
  'web-locks': { title: 'Web Locks', about: 'navigator.locks' },
  multithreading: { title: 'multithreading', about: 'npm multithreading 0.3' },
  mortice: { title: 'mortice', about: 'npm mortice 3: a broker on the main thread, over a BroadcastChannel' },
  'async-mutex': { title: 'async-mutex', about: 'npm async-mutex 0.5: one thread only' },
  'p-limit': { title: 'p-limit', about: 'npm p-limit 7: one thread only' },
  'p-queue': { title: 'p-queue', about: 'npm p-queue 9: one thread only' },
  limiter: { title: 'limiter', about: 'npm limiter 4: one thread only' },
  'rate-limiter-flexible': {
    title: 'rate-limiter-flexible',
    about: 'npm rate-limiter-flexible 11, RateLimiterMemory: one thread only',
  },
  'naive-eventfd': {
    title: 'an eventfd each',
    about:
      'the naive way: one EFD_SEMAPHORE of the kernel for each semaphore, by FdSemaphore and EventFd; no waiting room',
  },
  koffi: { title: 'an eventfd each, koffi', about: 'the same, with blocking read and write through koffi' },
  'glibc-sem': { title: 'C sem_t', about: 'glibc sem_wait and sem_post, in C' },
  'glibc-mutex': { title: 'C mutex', about: 'glibc pthread_mutex, in C' },
  'glibc-rwlock': { title: 'C rwlock', about: 'glibc pthread_rwlock, in C: readers first, as it comes' },
  'glibc-rwlock-writers': {
    title: 'C rwlock, writers first',
    about: 'glibc PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP, in C',
  },
  'glibc-adaptive': { title: 'C adaptive mutex', about: 'glibc PTHREAD_MUTEX_ADAPTIVE_NP, in C' },
  'c-eventfd': { title: 'C eventfd', about: 'blocking read and write of an eventfd, in C' },
  'c-epoll': { title: 'C epoll', about: 'epoll_wait on an eventfd, in C' },
  'c-futex': { title: 'C futex', about: 'FUTEX_WAIT and FUTEX_WAKE, in C' },
  'wasm-alone': {
    title: 'WebAssembly alone',
    about: "this library's two WebAssembly functions, called directly: no class, no Permit, nobody to wake",
  },
  promise: { title: 'await a resolved promise', about: 'await Promise.resolve(value)' },
  error: { title: 'an Error', about: 'making an Error with a code, throwing it and catching it' },
  noop: { title: 'nothing', about: 'the loop alone' },
};

export function titleOf(subject: string): string {
  return subjects[subject]?.title ?? subject;
}
