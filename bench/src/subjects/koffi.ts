/** The naive way: a descriptor of the kernel for each semaphore, reached through a foreign function interface. */
import koffi from 'koffi';

const EFD_SEMAPHORE = 1;
const libc = koffi.load(null);
const eventfd = libc.func('int eventfd(unsigned int, int)');
const read = libc.func('long read(int, void*, unsigned long)');
const write = libc.func('long write(int, const void*, unsigned long)');

export class KoffiEventfd {
  readonly #fd: number;
  readonly #buffer = Buffer.alloc(8);
  readonly #one = Buffer.from(BigUint64Array.of(1n).buffer);

  constructor(fd: number) {
    this.#fd = fd;
  }

  static share(permits: number): number {
    return eventfd(permits, EFD_SEMAPHORE) as number;
  }

  acquireSync(): void {
    if (read(this.#fd, this.#buffer, 8) !== 8) throw new Error('read of an eventfd failed');
  }

  release(): void {
    if (write(this.#fd, this.#one, 8) !== 8) throw new Error('write of an eventfd failed');
  }
}
