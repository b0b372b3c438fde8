/** The only declaration of what the addon exports. */
import process from 'node:process';
import { findAddon, isBundled, isForOthers } from './binary.js';
import { noEventFd, placeWithoutEventFd, requirePlatform, unavailable } from './platform.js';

/** native/bind_eventfd.cc: Python's functions, and what the class EventFd stands on. */
export interface EventFdBinding {
  readonly EFD_CLOEXEC: number;
  readonly EFD_NONBLOCK: number;
  readonly EFD_SEMAPHORE: number;

  // Any descriptor. An errno is negative, as Node has it; a value is a bigint.
  createFd(initval: number, flags: number): number;
  /** 0 or an errno: -EEXIST when it is shared (see `shareFd`), -EINVAL when it is no eventfd. */
  closeFd(fd: number): number;
  /** -EAGAIN when there is nothing to read now, whatever the descriptor's mode. */
  readFd(fd: number): bigint | number;
  /**
   * 0 or an errno. On a blocking descriptor the kernel waits for room for `patience` ms, then it is -EAGAIN; -EBUSY when
   * nothing could interrupt it.
   */
  writeFd(fd: number, value: bigint, patience: number): number;
  /** 1 or 0, or an errno. */
  isNonBlockingFd(fd: number): number;
  /** 0 or an errno. */
  setNonBlockingFd(fd: number): number;
  /** native/bind_files.cc, on every system. Takes the lock of a file, for as long as `fd` is open; false when it is another's. */
  lockFile(fd: number): boolean;
  /**
   * Waits for one of `fds` to be readable, or for up to `ms`; sets `ready` to 1 where it is and to 0 where it is not.
   * With `watchLoop` it also ends when this thread's loop gets work, which it then tells by 1. Else 0, or an errno.
   */
  pollFds(fds: Int32Array, ready: Uint8Array, ms: number, watchLoop: boolean): number;
  /**
   * Waits until somebody reads from `fd`, or for up to `ms`; the rest as with `pollFds`. The first call after
   * `forgetRoom` returns at once if one more fits.
   */
  waitForRoomOf(fd: number, ms: number, watchLoop: boolean): number;
  /** A wait for room is over, or another begins. */
  forgetRoom(): void;

  // Descriptors shared by the threads of the process. This copy of the JavaScript has attached those whose `id` it uses;
  // it attaches each once.
  /** This copy's number from now on. What it attached is let go of when `copy` is collected. */
  connectFds(copy: FdCopy): number;
  /** Every copy of the thread that is still there. */
  fdCopies(): FdCopy[];
  /** An id, or an errno. */
  openFd(copy: number, initval: number, flags: number): number;
  /** Takes `fd` over. An id, or -EEXIST when it has been already. */
  shareFd(copy: number, fd: number, semaphore: boolean): number;
  /** 0; -ENOENT when nobody has it attached; -EEXIST when this copy has. */
  attachFd(copy: number, id: number): number;
  /** The last to detach closes the descriptor. The end of a thread detaches what it still has. */
  detachFd(copy: number, id: number): void;
  descriptorOfFd(copy: number, id: number): number;
  isSemaphoreFd(copy: number, id: number): boolean;
  /** Whether to watch a side from now on, and whether that keeps the loop alive. 0 or an errno. */
  watchFd(copy: number, id: number, side: FdSide, armed: boolean, referenced: boolean): number;
  /** Waits until somebody reads, or for up to `ms`; the rest as with `pollFds`. Afterwards try all writers again. */
  waitForFdRoom(copy: number, id: number, ms: number, watchLoop: boolean): number;
}

export type FdSide = 0 | 1;

/** What the addon knows a copy of the JavaScript by: kept alive while the copy watches a descriptor, and no longer. */
export interface FdCopy {
  /** Called on the thread's loop when a side that is watched is ready: 0 to be read, 1 to be written to. */
  ready(id: number, side: FdSide): void;
  /** The waits of promises that are under way. */
  waits(): UnderWay[];
}

/** The same, for the waiting room: kept alive while the copy has promises that wait. */
export interface RoomCopy {
  /** The first `count` entries of the batch are decided: `waiter << 1 | closed`. */
  decided(count: number): void;
  /** The waits of promises that are under way. */
  waits(): UnderWay[];
  /** Something became of requests for Web Locks: `takeLockNews` says what. Once there are any. */
  onLockNews?: () => void;
  /** Requests for Web Locks, by the addon's name for them: of all modules that make some through this copy. */
  lockRequests?: Map<number, LockRequest>;
  /** The one thing that writes down what the thread does while there is a trace, where this copy has made it. */
  recorder?: unknown;
  /** Such a thing is there, whichever copy has made it; or is no longer. */
  onRecorder?: (recorder: unknown) => void;
}

/** A request for a Web Lock. */
export interface LockRequest {
  /** Of `LockNews`. */
  onNews(news: number): void;
}

/** A wait of this thread, which a promise stands for. */
export interface UnderWay {
  /** The call that waits, for messages. */
  readonly what: string;
  /** Nobody waits for it: it hears of something that is told to everybody. */
  readonly isLookout?: boolean;
  /** Leaves the queue, and is never told. */
  abandon(): void;
}

/** One in the waiting room. Told once, on this thread. */
export interface Parked extends UnderWay {
  onDecided(closed: boolean): void;
}

/** What a call into the waiting room says when it does not name a waiter; an errno is told as `ERRNO - errno`. */
export const RoomResult = {
  GRANTED: -1,
  CLOSED: -2,
  WAITING: -3,
  REFUSED: -4,
  NO_ROOM: -5,
  UNHEARD: -6,
  FULL: -7,
  TOO_LATE: -8,
  ERRNO: -1000,
} as const;

/** What becomes of a grant that nobody sees, and of a wait that is given up; native/core/waiter.h. */
export const Role = { TAKER: 0, NOTIFIED: 1, PARTY: 2, DRAWER: 3 } as const;
export type Role = (typeof Role)[keyof typeof Role];

/** An object as `inspect` finds it. */
export interface InspectedObject {
  readonly arena: number;
  readonly cell: number;
  readonly generation: number;
  readonly kind: number;
  readonly name: string;
  readonly free: number;
  readonly total: number;
  readonly flags: number;
  /** Negative: as many as come. */
  readonly maxWaiting: number;
  /** After how many milliseconds a waiter counts one level higher. Negative: never. */
  readonly aging: number;
  readonly max: number;
  /** Of a rate, in milliseconds. */
  readonly interval: number;
  readonly holders: {
    readonly thread: number;
    readonly permits: number;
    readonly acquired: {
      readonly permits: number;
      readonly holds: number;
      readonly heldMs: number;
      readonly stack: string;
    }[];
  }[];
  readonly waiters: {
    readonly thread: number;
    readonly permits: number;
    readonly sync: boolean;
    readonly waitedMs: number;
    readonly priority: number;
  }[];
}

/** A step of a deadlock: the thread waits for the mutex, which the next step's thread holds. */
export interface DeadlockStep {
  readonly thread: number;
  readonly arena: number;
  readonly cell: number;
  readonly generation: number;
  readonly name: string;
}

/** What a look at a cell finds. */
export const CellCheck = { OK: 0, NOT_A_CELL: 1, OTHER_KIND: 2, STALE: 3 } as const;

/**
 * native/bind_room.cc and native/bind_cells.cc: the waiting room.
 *
 * A program may evaluate this package several times in one thread: a loader that has its CommonJS and its ESM form, a test
 * runner with a realm for each file. All those copies share the addon, and a `copy` is the number that it gave to one.
 * What they must agree on is here and not in a module; none of it may keep an object of a copy alive.
 *
 * An `arena` is the index that this thread knows an arena by, a `cell` the offset of a cell in it, an `attachment` this
 * thread's use of a cell, a `waiter` one wait of this thread. Times are in milliseconds.
 */
export interface RoomBinding {
  /** Random, 53 bits: tells two copies of the addon in one process apart. */
  readonly addonId: number;
  /** What wakes this thread: native/loop/waker.h. */
  readonly waker: 'eventfd' | 'pipe' | 'async' | 'futex';
  /** The length that `connect` wants its batch to have. */
  readonly batchLength: number;
  /** What the copies of a thread count together. */
  readonly counts: { waits?: number; tasks?: number; runs?: number };
  /** This copy's number from now on. It is told through `batch`, which `copy` keeps alive. */
  connect(threadId: number, batch: Uint32Array, copy: RoomCopy): number;
  /** Every copy of the thread that is still there. */
  copies(): RoomCopy[];
  /** `decided` has taken note of all it was told. Before this, what was granted may yet be passed on. */
  heard(): void;
  /** `memory` is what the bytes are of: the addon keeps it alive while the thread is in the arena. */
  createArena(copy: number, bytes: Uint8Array, memory: object): number;
  /** -1: no arena of this process. -2: one of another copy of the addon. `memory` is kept unless one is already. */
  joinArena(copy: number, bytes: Uint8Array, memory: object): number;
  /** What is kept. */
  memoryOf(arena: number): unknown;
  /** What `InspectedObject` calls the arena, in every thread. */
  arenaId(arena: number): number;
  keepMemory(arena: number, memory: object): void;
  /** The thread leaves it when no copy is in it, nor attached to one of its cells: whether it has, just now. */
  leaveArena(copy: number, arena: number): boolean;
  /** The memory is as long as `bytes` now, at least; whether something can be allocated in it. */
  growArena(arena: number, bytes: Uint8Array): boolean;
  /**
   * 0 when the memory must grow first. `maxWaiting`: how many may stand in its queue; negative: as many as come. `aging`: after how
   * many milliseconds a waiter counts one level higher; negative: never.
   */
  allocateCell(
    arena: number,
    kind: number,
    flags: number,
    permits: number,
    max: number,
    name: string,
    maxWaiting: number,
    aging: number,
  ): number;
  /** The same of a rate: `limit` permits in `interval` milliseconds, after a `burst`. */
  allocateRate(arena: number, limit: number, interval: number, burst: number, name: string, maxWaiting: number): number;
  /** One of `CellCheck`. */
  checkCell(arena: number, cell: number, kind: number, generation: number): number;
  /** False when it was closed already, or disposed. The thread need not be attached: there may be no room for that. */
  closeCell(arena: number, cell: number, kind: number, generation: number): boolean;
  disposeCell(arena: number, cell: number, kind: number, generation: number): boolean;
  /** An attachment, or REFUSED, or NO_ROOM when the memory must grow first. */
  attach(copy: number, arena: number, cell: number, kind: number, generation: number): number;
  /** Where the attachment's ledger stands; 0 when it has none. */
  slotOf(attachment: number): number;
  /** False while this thread waits for the cell or holds permits of it. */
  detach(attachment: number): boolean;
  /** The fast path's twins; see packages/semaphore/src/core/fastpath.wat. */
  tryAcquire(arena: number, cell: number, slot: number, permits: number): number;
  release(arena: number, cell: number, slot: number, permits: number): number;
  tryTake(arena: number, cell: number, permits: number): number;
  post(arena: number, cell: number, permits: number, saturate: number): number;
  /**
   * A waiter (0 or more), GRANTED, CLOSED, FULL, TOO_LATE (a DRAWER would be served after `timeout` milliseconds) or an errno.
   * `returns`: it held what it waits for and let go for a while, so a full queue lets it in. `priority`: 0 to 7.
   */
  park(
    attachment: number,
    permits: number,
    role: Role,
    returns: boolean,
    priority: number,
    timeout: number,
    ref: boolean,
  ): number;
  /**
   * Ends a wait. What it had been granted goes to the next. True when nothing of it can: the gate was open, all had arrived;
   * then what was granted stands.
   */
  leave(waiter: number): boolean;
  /**
   * The time of a wait is up. WAITING: it has left. Else it had been decided, and the result is as `parkSync`'s; after
   * UNHEARD comes `heardExpired`.
   */
  expire(waiter: number): number;
  heardExpired(): void;
  /**
   * GRANTED, CLOSED, FULL, TOO_LATE, an errno, WAITING: go on with `waitSync`; or UNHEARD: granted something of a kind without ledger,
   * which may yet be passed on until `heardSync`. Of 0 ms it only joins the queue.
   */
  parkSync(
    attachment: number,
    permits: number,
    role: Role,
    returns: boolean,
    priority: number,
    timeout: number,
    ms: number,
  ): number;
  /** As `tryAcquire`, for a moment: before `parkSync`, where what is wanted may be about to be free. */
  spinSync(attachment: number, permits: number): number;
  waitSync(ms: number): number;
  heardSync(): void;
  leaveSync(): boolean;
  /** As `expire`, of the sync wait; after UNHEARD comes `heardSync`. */
  expireSync(): number;
  /** How many waiters it woke. */
  serve(attachment: number): number;
  /** Spends permits of a rate: 1. 0: not now. -1: closed. */
  tryDraw(attachment: number, permits: number): number;
  /** Permits of a rate that were spent are not used after all. */
  giveBackTokens(attachment: number, permits: number): void;
  /** What of a rate can be had now. */
  available(attachment: number): number;
  /** In how many milliseconds who asks a rate now would be served. */
  retryAfter(attachment: number, permits: number): number;
  /** Wakes up to `count` waiters, whatever the permits; how many there were. */
  notify(attachment: number, count: number): number;
  /** False when it would leave fewer than no permits, or more than the cell's maximum. */
  resize(attachment: number, delta: number, recalled: number): boolean;
  /** False when this thread does not hold so many. */
  forget(attachment: number, permits: number): boolean;
  /** How many waiters it woke. */
  setEvent(attachment: number): number;
  /** Breaks a barrier, or makes a broken one whole; its waiters get CLOSED. */
  setBroken(attachment: number, broken: boolean): void;
  /** For the holder: whether the last one died. True once. */
  takeAbandoned(attachment: number): boolean;
  /** The deadlock that this thread's endless sync wait on a mutex has closed; empty when there is none. */
  findDeadlock(): DeadlockStep[];
  /**
   * Notes where permits were acquired that the thread holds by the attachment; a name for that, or 0 where it is not noted:
   * there is a most, of holds and of a stack's length. It ends with `dropHold`, and with the thread.
   */
  noteHold(attachment: number, permits: number, stack: string): number;
  /** Some of a hold's permits are another's from now on, acquired where they were; its name. */
  splitHold(hold: number, permits: number): number;
  /** What is noted of `other` is noted of `into` from now on. */
  mergeHolds(into: number, other: number): void;
  dropHold(hold: number): void;
  /** Every live object of the process. */
  inspect(): InspectedObject[];
  /** Milliseconds since some moment, the same on every thread of the process; never goes back, and nobody replaces it. */
  now(): number;
  /** Whether this thread's loop has not turned since a call of this that was some milliseconds ago. */
  isTurnDue(): boolean;
  /** How many threads of the process may spin at a time; 0 for none. */
  setMostSpinning(threads: number): void;
}

/** What `openNamed` wants in its words, and leaves there: how the object was made, and where it is. */
export const NamedWord = {
  KIND: 0,
  FLAGS: 1,
  PERMITS: 2,
  MAX: 3,
  MAX_WAITING: 4,
  AGING: 5,
  OVER: 6,
  OVER_GENERATION: 7,
  CELL: 8,
  GENERATION: 9,
  SLOT: 10,
} as const;
export const NAMED_WORDS = 11;

/** What `openNamed` says that gives no attachment. */
export const Opened = { NOT_FOUND: -1, MISMATCH: -2, NO_ROOM: -3, MUTEX_GONE: -4 } as const;

/**
 * native/bind_names.cc: named objects. Their cells are in memory of the addon's own, which is an arena like others but that
 * nothing here sees it; so their fast path is here, too, by the
 * attachment; Signal, Event and Latch take the twins above.
 */
export interface NamesBinding {
  /** The index of the arena of named objects in this thread; -1 when no address space is left for it. */
  joinNames(copy: number): number;
  /**
   * An attachment to the object of that name, or one of `Opened`. `words` by `NamedWord`. With `exact` it must be, and is if
   * there is none made, as the words say; else any of the kind will do, and none is made.
   */
  openNamed(copy: number, arena: number, name: string, words: Int32Array, exact: boolean): number;
  /** The name of a cell that this thread is attached to. */
  nameOfNamed(cell: number): string;
  /** False when no memory is left. */
  growNames(): boolean;
  loadNamed(attachment: number, word: number): number;
  /** What the attachment's ledger says. */
  heldNamed(attachment: number): number;
  /** As `tryAcquire` and `release`, in half the time. */
  takeNamed(attachment: number, permits: number): number;
  giveNamed(attachment: number, permits: number): number;
}

/** How a request is made that cannot be granted at once; native/core/lock_table.h. */
export const LockUrgency = { WAITS: 0, IF_AVAILABLE: 1, STEALS: 2 } as const;
export type LockUrgency = (typeof LockUrgency)[keyof typeof LockUrgency];

/** What became of a request, and that there is none. */
export const LockResult = { ENDED: -1, NOT_AVAILABLE: -2, PENDING: 0, HELD: 1, STOLEN: 2 } as const;

/** What the news say of a request: both, when it was granted and stolen before its thread heard of either. */
export const LockNews = { GRANTED: 1, STOLEN: 2 } as const;

/** A lock as `queryLocks` finds it. */
export interface QueriedLock {
  readonly name: string;
  readonly shared: boolean;
  readonly thread: number;
  /** For how long it has been held, or waited for, in milliseconds. */
  readonly ms: number;
}

/** All of a process, at one moment: held in the order of the grants, pending in that of the requests. */
export interface QueriedLocks {
  readonly held: readonly QueriedLock[];
  readonly pending: readonly QueriedLock[];
}

/**
 * native/bind_locks.cc: Web Locks. A `request` is the index of one of this thread's: of its lock, too, once that was granted.
 * What becomes of it later is in the news, of which `RoomCopy.onLockNews` hears.
 */
export interface LocksBinding {
  /** `request << 1 | held`; or NOT_AVAILABLE; or an errno, as RoomResult tells it. It holds the loop, with `ref`, while it waits. */
  requestLock(copy: number, name: string, shared: boolean, urgency: LockUrgency, ref: boolean): number;
  /** Gives the lock back, or gives up waiting. What it was; the request is no more. */
  endLock(request: number): number;
  /** The time of the wait is up. PENDING: the request is no more. Else what was decided by now, which this thread has heard. */
  expireLock(request: number): number;
  /** Fills `batch` with `request << 2 | news`, by `LockNews`, and says how many there were. */
  takeLockNews(copy: number, batch: Uint32Array): number;
  queryLocks(): QueriedLocks;
}

type Addon = EventFdBinding & RoomBinding & NamesBinding & LocksBinding;

/** What to do about an addon that does not load. `cause` is what Node said. */
function remedyFor({ code, resource }: { code?: unknown; resource?: unknown }): string {
  if (code === 'ERR_DLOPEN_DISABLED') {
    return 'Node was told not to load any: start it with --allow-addons beside --permission, or without --no-addons';
  }
  if (code === 'ERR_ACCESS_DENIED') {
    return `Node may not read what finding it needs: start it with --allow-fs-read=${resource} beside --permission`;
  }
  if (isBundled()) {
    return (
      'This code is not where the package was installed: a bundler has put it elsewhere, and the binary has stayed behind. ' +
      "Install eventfd where the bundle runs, or leave both packages out of it: esbuild --external:eventfd --external:@eventfd/semaphore, webpack's `externals`, " +
      "Rollup's and Vite's `external` in `rollupOptions`: [/^(eventfd|@eventfd\\/semaphore)(\\/|$)/], Vite's `ssr.external`: " +
      "['eventfd', '@eventfd/semaphore']"
    );
  }
  const tools =
    process.platform === 'win32'
      ? 'Visual Studio 2022 with its clang-cl'
      : process.platform === 'darwin'
        ? "Xcode's command line tools"
        : 'g++ 11 or newer, make';
  return `Run \`npx eventfd-build\`, which compiles it, with ${tools}, python3 and the headers of this Node`;
}

/** What bind_eventfd.cc has to do with a descriptor. */
const ON_DESCRIPTORS = [
  'createFd',
  'closeFd',
  'readFd',
  'writeFd',
  'isNonBlockingFd',
  'setNonBlockingFd',
  'pollFds',
  'waitForRoomOf',
  'openFd',
  'shareFd',
  'attachFd',
  'detachFd',
  'descriptorOfFd',
  'isSemaphoreFd',
  'watchFd',
  'waitForFdRoom',
] as const;

/** The addon where there is no eventfd: the same names, and the waiting room works. */
function withoutEventFd(addon: Addon, place: string): Addon {
  const refuse = (): never => {
    throw noEventFd(place);
  };
  return {
    ...addon,
    // Linux's, which an addon of another system does not have.
    EFD_CLOEXEC: 0o2000000,
    EFD_NONBLOCK: 0o4000,
    EFD_SEMAPHORE: 1,
    ...Object.fromEntries(ON_DESCRIPTORS.map((name) => [name, refuse])),
    forgetRoom: () => {},
    connectFds: () => 0,
    fdCopies: () => [],
  };
}

/**
 * @throws Error `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM`; or `ERR_ADDON_NOT_LOADED`, whose `cause` is what Node said
 */
function load(): Addon {
  requirePlatform();
  const place = placeWithoutEventFd();
  const addon = find();
  return place === undefined ? addon : withoutEventFd(addon, place);
}

function find(): Addon {
  try {
    return findAddon() as Addon;
  } catch (cause) {
    const remedy = remedyFor(cause as { code?: unknown });
    const here = `${process.platform}-${process.arch}`;
    if (isForOthers(cause)) throw unavailable(`eventfd comes without a binary for ${here}. ${remedy}`, { cause });
    const message = `No binary of eventfd loads on ${here}. ${remedy}`;
    throw Object.assign(new Error(message, { cause }), { code: 'ERR_ADDON_NOT_LOADED' });
  }
}

export const native = load();
