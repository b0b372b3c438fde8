// Bugs, put one at a time into a copy of the core. The model must find each of them, and say of it what is said here:
// a checker that has never found anything shows nothing.
import { join } from 'node:path';
import { mutatedCore } from '../mutant.mjs';

/** A lost wake-up: it is seen where nobody is inside a call, or else when all sleep. */
const IDLE = /everybody sleeps for ever|what is free idles/;

/**
 * `part` is of the names of the scenarios that find it; else all are gone through until one does.
 * @type {{ name: string, part?: string, depth?: string, file: string, find: string, replace: string, says: RegExp }[]}
 */
const mutations = [
  {
    name: 'the has-waiters bit is not set before the second look',
    file: 'room.h',
    find: 'S::FetchOr(w->cell + kState, kHasWaiters);      // A',
    replace: '',
    says: IDLE,
  },
  {
    name: 'no second look after the bit is set',
    file: 'room.h',
    find: 'if (Satisfy(w)) {                               // B',
    replace: 'if (false) {',
    says: IDLE,
  },
  {
    name: 'the queue is looked at before the has-waiters bit is set again',
    file: 'serving.h',
    find: '    S::FetchOr(cell + kState, kHasWaiters);\n    while (',
    replace: '    while (',
    says: IDLE,
  },
  {
    name: 'the has-waiters bit is cleared for a head that is still asleep',
    file: 'serving.h',
    find: '(CanRace(head) && head->ready && ',
    replace: '(CanRace(head) && ',
    says: IDLE,
  },
  {
    name: 'the has-waiters bit is cleared for a head that is owed, and does not nap',
    file: 'room.h',
    find: 'w->naps = !w->owed && w == w->queue->Turn();',
    replace: 'w->naps = w == w->queue->Turn();',
    says: /.+/,
  },
  {
    name: 'the queue is not looked at when a nap ends early',
    part: 'sequences: semaphore of 1, a thread does both',
    depth: 'deep',
    file: 'room.h',
    find: '    w->naps = false;\n    if (w->queue != nullptr) ServeQueue(bucket, w->queue, &wakes);',
    replace: '    w->naps = false;',
    says: /the bit "has waiters" is clear, and who is first sleeps|what is free idles/,
  },
  {
    name: 'a thread that does not come back from its nap counts as awake',
    part: 'sequences: semaphore of 1, a thread does both',
    depth: 'deep',
    file: 'room.h',
    find: '    if (!w->naps) return;\n    Wakes',
    replace: '    if (w != nullptr) return;\n    Wakes',
    says: /the bit "has waiters" is clear, and who is first sleeps|what is free idles/,
  },
  {
    name: 'a nap outlives a close',
    part: 'sequences: semaphore of 1, resized',
    depth: 'deep',
    file: 'waiter.h',
    find: '    if (!waiter->ready) {\n      waiter->ready = true;',
    replace: '    if (!waiter->ready && !waiter->naps) {\n      waiter->ready = true;',
    says: /.+/,
  },
  {
    name: 'a signal looks whether the thread sleeps before it takes the lock',
    part: 'sleeper',
    file: 'sleeper.h',
    find: '    condition_.Lock();\n    signalled_ = true;\n    const bool sleeps = sleeping_;',
    replace: '    const bool sleeps = sleeping_;\n    condition_.Lock();\n    signalled_ = true;',
    says: IDLE,
  },
  {
    name: 'a thread goes to sleep over a signal that came before',
    part: 'sleeper',
    file: 'sleeper.h',
    find: 'while (!signalled_ && condition_.WaitUntil(end)) {\n    }',
    replace: 'do {\n    } while (condition_.WaitUntil(end) && !signalled_);',
    says: IDLE,
  },
  {
    name: 'the deadline of who is overtaken is never set',
    file: 'room.h',
    find: 'if (w->patient_until == 0) w->patient_until = now + PatienceOf(w);\n    if (now >= w->patient_until)',
    replace: 'if (w->patient_until != 0 && now >= w->patient_until)',
    says: /once more than it may|its patience has no end/,
  },
  {
    name: 'the deadline is set anew with each look',
    file: 'room.h',
    find: 'if (w->patient_until == 0) w->patient_until = now + PatienceOf(w);',
    replace: 'w->patient_until = now + PatienceOf(w);',
    says: /once more than it may/,
  },
  {
    name: 'a writer that comes to be first is not woken to look by itself',
    part: 'rwlock',
    file: 'serving.h',
    find: 'if (enough || (IsWriter(head) && !head->naps))',
    replace: 'if (enough)',
    says: /a writer that comes first sleeps/,
  },
  {
    name: 'the patience of a writer does not begin when it comes',
    part: 'rwlock',
    file: 'room.h',
    find: 'if (IsWriter(w) && !w->owed) BePatient(w);',
    replace: '',
    says: /a writer that comes first sleeps|once more than it may/,
  },
  {
    name: 'who has timed out takes a grant and nobody notes it',
    part: 'timeout',
    file: 'room.h',
    find: '    if (outcome == Outcome::kGranted) Note(w);\n    return outcome;',
    replace: '    return outcome;',
    says: /free \+ held \+ in flight is not the total|actor\.h|world\.cc/,
  },
  {
    name: 'the has-waiters bit is cleared outside the lock',
    file: 'room.h',
    find: `    Bucket bucket(&lot_, cell);
    ServeCell(bucket, cell, &wakes);
    return wakes.woken();
  }

  // Gives the first`,
    replace: `    {
      Bucket bucket(&lot_, cell);
      ServeCell(bucket, cell, &wakes);
      if (bucket.Find(cell) != nullptr) return 0;
    }
    S::FetchAnd(cell + kState, ~kHasWaiters);
    return wakes.woken();
  }

  // Gives the first`,
    says: IDLE,
  },
  {
    name: 'the bits are written over a release in between',
    file: 'serving.h',
    find: '} while (!S::CompareExchange(cell + kState, &state, (state & ~3) | bits));',
    replace: '} while ((S::Store(cell + kState, (state & ~3) | bits), false));',
    says: /free \+ held \+ in flight is not the total|sleeps for ever/,
  },
  {
    name: 'the wake-up is sent before the state is written',
    file: 'waiter.h',
    find: '    if (waiter->thread->Deliver(waiter)) Add(waiter->thread);',
    replace: '    waiter->thread->Signal();\n    waiter->thread->Deliver(waiter);',
    says: /everybody sleeps for ever/,
  },
  {
    name: 'a thread goes to sleep without looking whether it is ready',
    file: 'waiter.h',
    find: 'parked_ = !waiter->ready;',
    replace: 'parked_ = waiter != nullptr;',
    says: /everybody sleeps for ever/,
  },
  {
    name: 'after a signal was heard the next one is not sent',
    file: 'waiter.h',
    find: `  void Heard() {
    typename S::Lock lock(mutex_);
    signalled_ = false;`,
    replace: `  void Heard() {
    typename S::Lock lock(mutex_);`,
    says: /everybody sleeps for ever/,
  },
  {
    name: 'a sync wait that ends forgets the async waiters that became ready',
    file: 'waiter.h',
    find: 'void EndSyncWait() { SignalSelf(/*end_sync_wait=*/true); }',
    replace: 'void EndSyncWait() {\n    typename S::Lock lock(mutex_);\n    in_sync_wait_ = false;\n  }',
    says: /everybody sleeps for ever/,
  },
  {
    name: 'a retired waker is signalled',
    file: 'waiter.h',
    find: 'if (!waker_gone_) waker_->Signal();',
    replace: 'waker_->Signal();',
    says: /a retired waker is signalled/,
  },
  {
    name: 'a cancelled wait forgets the grant it had got',
    file: 'room.h',
    find: '    } else if (granted && w->HandsOn()) {',
    replace: '    } else if (granted && w->want == 0 && w->HandsOn()) {',
    says: /free \+ held \+ in flight is not the total|sleeps for ever/,
  },
  {
    name: 'a cancelled wait forgets the notification it had got',
    part: 'condition',
    file: 'serving.h',
    find: '      NotifyQueue(bucket, w->cell, 1, wakes);\n      return;',
    replace: '      return;',
    says: /everybody sleeps for ever|not granted what is its/,
  },
  {
    name: 'a cancelled wait does not serve whom it stood in the way of',
    file: 'room.h',
    find: "ServeQueue(bucket, queue, wakes);  // it may have stood in another's way",
    replace: 'WriteBits(w->cell, queue);\n      bucket.DropIfEmpty(queue);',
    says: IDLE,
  },
  {
    name: 'a grant is noted twice in the ledger',
    file: 'room.h',
    find: '    if (w->outcome == Outcome::kGranted) Note(w);\n    if (w->outcome == Outcome::kWaiting &&',
    replace: '    if (w->outcome == Outcome::kGranted) Note(w), Note(w);\n    if (w->outcome == Outcome::kWaiting &&',
    says: /free \+ held \+ in flight is not the total/,
  },
  {
    name: 'a grant is not noted in the ledger',
    file: 'room.h',
    find: '    if (w->outcome == Outcome::kGranted) Note(w);\n    if (w->outcome == Outcome::kWaiting &&',
    replace: '    if (w->outcome == Outcome::kWaiting &&',
    says: /slot\(\) >= held_|free \+ held \+ in flight is not the total/,
  },
  {
    name: 'a waiter that is handed its permits while it looks stays in the ready list',
    file: 'room.h',
    find: '        w->thread->TakeReady(w);\n        w->naps = false;\n',
    replace: '        w->naps = false;\n',
    says: /a waiter is looked at that does not wait|free \+ held \+ in flight is not the total/,
  },
  {
    name: 'a waiter that was overtaken is not dealt with',
    file: 'room.h',
    find: '      if (!taken && w->role != Role::kDrawer) Overtaken(w);\n',
    replace: '',
    // Nobody serves it either: that it was woken counts as service until it looks, and it has looked.
    says: /overtaken again|once more than it may|everybody sleeps for ever|what is free idles/,
  },
  {
    name: 'a promise that was overtaken is not owed what comes',
    file: 'room.h',
    find: '    if (!CanRace(w)) {\n      w->owed = true;',
    replace: '    if (!CanRace(w)) {',
    says: /overtaken again|once more than it may|everybody sleeps for ever|what is free idles/,
  },
  {
    name: 'a fair queue is overtaken',
    file: 'room.h',
    find: 'w->owed = (flags & kFair) != 0 || (w->want',
    replace: 'w->owed = (w->want',
    says: /a fair queue is overtaken/,
  },
  {
    name: 'a newcomer takes permits past the queue',
    file: 'room.h',
    find: 'if (queue == nullptr || queue->WouldBeTurn(w)) {',
    replace: 'if (w->cell != nullptr) {',
    says: /.+/,
  },
  {
    name: 'a release does not serve the queue',
    file: 'fastpath.h',
    find: 'return S::FetchAdd(cell + kState, AsState(permits)) & kHasWaiters ? kServeWaiters : kReleased;',
    replace: 'S::FetchAdd(cell + kState, AsState(permits));\n  return kReleased;',
    says: IDLE,
  },
  {
    name: 'a release looks for waiters before it adds',
    file: 'fastpath.h',
    find: 'return S::FetchAdd(cell + kState, AsState(permits)) & kHasWaiters ? kServeWaiters : kReleased;',
    replace:
      'const int32_t before = S::Load(cell + kState);\n' +
      '  S::FetchAdd(cell + kState, AsState(permits));\n' +
      '  return before & kHasWaiters ? kServeWaiters : kReleased;',
    says: IDLE,
  },
  {
    name: 'the ledger is written after the permits are free',
    file: 'fastpath.h',
    find: `  S::Store(slot, WrappingSub(held, permits));
  AtPoint("giving");
  return S::FetchAdd(cell + kState, AsState(permits)) & kHasWaiters ? kServeWaiters : kReleased;`,
    replace: `  const int32_t before = S::FetchAdd(cell + kState, AsState(permits));
  S::Store(slot, held - permits * 2);
  return before & kHasWaiters ? kServeWaiters : kReleased;`,
    says: /free \+ held \+ in flight is not the total/,
  },
  {
    name: 'a permit is taken by a load and a store',
    file: 'fastpath.h',
    find: `    if (permits == 0 || S::CompareExchange(cell + kState, &state, WrappingSub(state, AsState(permits)))) break;`,
    replace: `    if (permits != 0) S::Store(cell + kState, state - AsState(permits));
    break;`,
    says: /.+/,
  },
  {
    name: 'a dying thread does not look again at the queue',
    file: 'room.h',
    find: `        S::FetchAdd(cell + kState, AsState(held));
      }
    }
    Serve(cell);`,
    replace: `        S::FetchAdd(cell + kState, AsState(held));
        Serve(cell);
      }
    }`,
    says: IDLE,
  },
  {
    name: 'a dying thread keeps what it held',
    file: 'room.h',
    find: '        S::FetchAdd(cell + kState, AsState(held));\n      }\n    }',
    replace: '      }\n    }',
    says: /free \+ held \+ in flight is not the total|sleeps for ever/,
  },
  {
    name: 'a dying thread stays in the queue',
    file: 'participant.h',
    find: '      room_->Leave(waiter);\n      EndWait(waiter);',
    replace: '      EndWait(waiter);',
    says: /.+/,
  },
  {
    name: 'a dead owner is made known after the permits are free',
    file: 'room.h',
    find: `        if (kind == kMutex || (kind == kRwLock && held == kMaxPermits)) S::FetchOr(cell + kFlags, kAbandoned);
        S::FetchAdd(cell + kState, AsState(held));`,
    replace: `        S::FetchAdd(cell + kState, AsState(held));
        if (kind == kMutex || (kind == kRwLock && held == kMaxPermits)) S::FetchOr(cell + kFlags, kAbandoned);`,
    says: /not told that the owner died/,
  },
  {
    name: 'close wakes nobody',
    file: 'room.h',
    find: 'while (Waiter<S>* w = queue->front()) Decide(w, Outcome::kClosed, &wakes);\n    ServeQueue',
    replace: 'ServeQueue',
    says: /everybody sleeps for ever/,
  },
  {
    name: 'grow serves nobody',
    file: 'room.h',
    find: 'S::FetchAdd(cell + kState, AsState(delta));\n    ServeCell(bucket, cell, &wakes);',
    replace: 'S::FetchAdd(cell + kState, AsState(delta));',
    says: IDLE,
  },
  {
    name: 'what is lent is recalled before anybody is served with it',
    part: 'sequences: fair semaphore, resized',
    file: 'room.h',
    find: 'ServeCell(bucket, cell, &wakes);\n    if (recalled == 0) return true;',
    replace: 'if (recalled == 0) ServeCell(bucket, cell, &wakes);\n    if (recalled == 0) return true;',
    says: /idles: it is owed/,
  },
  {
    name: 'a party that gives up does not break the barrier',
    part: 'barrier',
    file: 'room.h',
    find: 'if (w->role == Role::kParty) BreakLocked(queue, w->cell, wakes);',
    replace: '',
    says: /everybody sleeps for ever/,
  },
  {
    name: 'a waiter for several permits may be overtaken',
    file: 'room.h',
    find: ' || (w->want != 1 && !IsWriter(w));',
    replace: ';',
    says: /a waiter for several is overtaken/,
  },
  {
    name: 'who wants of a semaphore as many as there can be is taken for a writer',
    part: 'semaphore of as many as can be',
    file: 'participant.h',
    find: 'attachment->kind == kRwLock && want == kMaxPermits',
    replace: 'want == kMaxPermits',
    says: /a waiter for several is overtaken/,
  },
  {
    name: 'a barrier that is made whole keeps its life',
    part: 'barrier',
    file: 'room.h',
    find: 'S::FetchAdd(cell + kLife, 1);',
    replace: '',
    says: /broken by who had left it/,
  },
  {
    name: 'a barrier that is made whole keeps its flag',
    part: 'barrier',
    file: 'room.h',
    find: 'S::FetchAnd(cell + kFlags, ~kBroken);',
    replace: '',
    says: /Wait\(0, Role::kParty\) == Got::kPermits/,
  },
  {
    name: 'a barrier that is made whole keeps its waiters',
    part: 'barrier',
    file: 'room.h',
    find: 'BreakAndServe(bucket, cell, &wakes);\n    if (broken) return;',
    replace: 'if (broken) return BreakAndServe(bucket, cell, &wakes);',
    says: /waits still after it was broken or reset/,
  },
  {
    name: 'all threads of a deadlock are told',
    part: 'deadlock',
    file: 'roster.h',
    find: 'blocked.order > search->order || ',
    replace: '',
    says: /a deadlock that another closed/,
  },
  {
    name: 'the search for a deadlock does not know who holds a mutex',
    part: 'deadlock',
    file: 'participant.h',
    find: 'S::Load(attachment.slot()) > 0',
    replace: 'S::Load(attachment.slot()) > 1',
    says: /everybody sleeps for ever/,
  },
  {
    name: 'a promise of a blocked thread is not passed over',
    part: 'blocked',
    file: 'waiter.h',
    find: ' || !thread->blocked(); }',
    replace: ' || thread != nullptr; }',
    says: IDLE,
  },
  {
    name: 'a thread that blocks does not look at its promises',
    part: 'blocked',
    file: 'room.h',
    find: 'if (!w->sync) PassOver(',
    replace: 'if (w == nullptr) PassOver(',
    says: IDLE,
  },
  {
    name: 'a thread that runs again does not look at its promises',
    part: 'blocked',
    file: 'room.h',
    find: '      queue->LookAgain();\n      ServeQueue(bucket, queue, &wakes);',
    replace: '',
    says: IDLE,
  },
  {
    name: 'who is passed over keeps what it has not seen',
    part: 'blocked',
    file: 'room.h',
    find: 'if (unseen && w->role',
    replace: 'if (unseen && w == nullptr && w->role',
    says: /everybody sleeps for ever/,
  },
  {
    name: 'what is put back is granted still',
    part: 'blocked',
    file: 'room.h',
    find: 'Post<S>(w->cell, w->want, /*saturate=*/true);\n    }\n    if (w->queue',
    replace: '}\n    if (w->queue',
    says: /free \+ held \+ in flight is not the total|sleeps for ever/,
  },
  {
    name: 'a newcomer waits behind those who cannot run',
    part: 'blocked',
    file: 'room.h',
    find: 'if (queue == nullptr || queue->WouldBeTurn(w)) {',
    replace: 'if (queue == nullptr) {',
    says: IDLE,
  },
  {
    name: 'the set of an event that comes back is free until the next has tried',
    part: 'sequences: event, auto',
    file: 'serving.h',
    find: 'if (S::Load(w->cell + kFlags) & kAutoReset) return LetOneThrough(bucket, w->cell, wakes);\n    ',
    replace: '',
    says: /an auto-reset event that is set has waiters|not granted what is its/,
  },
  {
    name: 'a promise of a blocked thread stands in the way of who can run',
    part: 'sequences',
    file: 'waiter.h',
    find: ' || !thread->blocked(); }',
    replace: ' || thread != nullptr; }',
    says: /what is free idles/,
  },
  {
    name: 'a notification goes to a blocked thread though another can run',
    part: 'sequences: condition',
    file: 'serving.h',
    find: 'Waiter<S>* w = queue->Turn();\n      if (w == nullptr) w = queue->front();',
    replace: 'Waiter<S>* w = queue->front();',
    says: /not granted what is its/,
  },
  {
    name: 'a notification is lost when nobody can run',
    part: 'sequences: condition',
    file: 'serving.h',
    find: 'if (w == nullptr) w = queue->front();',
    replace: '',
    says: /not granted what is its/,
  },
  {
    name: 'an open gate lets nobody through whose thread is blocked',
    part: 'sequences',
    file: 'waiter.h',
    find: 'return sync || (want == 0 && role == Role::kTaker) || ',
    replace: 'return sync || ',
    says: /not granted what is its|the bit "queue first" is wrong/,
  },
  {
    name: 'a thread that runs again leaves its promises passed over',
    part: 'sequences',
    file: 'room.h',
    find: '      queue->LookAgain();\n      ServeQueue(bucket, queue, &wakes);',
    replace: '      ServeQueue(bucket, queue, &wakes);',
    says: /what is free idles|granted before one that came earlier|the bit "queue first" is wrong/,
  },
  {
    name: 'what is put back comes last',
    part: 'sequences: semaphore of 1, a thread does both',
    depth: 'deep',
    file: 'queue.h',
    find: 'level.waiters.PushFront(w);',
    replace: 'level.waiters.PushBack(w);',
    says: /granted before one that came earlier|what is free idles|the bit "queue first" is wrong/,
  },
  {
    name: 'promises are put back in the wrong order',
    part: 'sequences: fair semaphore of 2, promises',
    depth: 'deep',
    file: 'room.h',
    find: 'for (Waiter<S>*w = thread->waiters.back(), *next; w != nullptr; w = next) {\n      next = thread->waiters.before(w);',
    replace:
      'for (Waiter<S>*w = thread->waiters.front(), *next; w != nullptr; w = next) {\n      next = thread->waiters.after(w);',
    says: /granted before one that came earlier/,
  },
  {
    name: 'the set of an event is taken back from who has not seen it',
    part: 'sequences: event, auto',
    file: 'room.h',
    find: '(kAutoReset | kClosed)) == 0',
    replace: 'kClosed) == 0',
    says: /what it was granted was taken back/,
  },
  {
    name: 'what is granted of a closed cell is taken back, and never comes again',
    part: 'sequences: fair semaphore, resized',
    file: 'room.h',
    find: '(kAutoReset | kClosed)) == 0',
    replace: 'kAutoReset) == 0',
    says: /what it was granted was taken back/,
  },
  {
    name: 'the higher go last',
    part: 'priorit',
    file: 'queue.h',
    find: 'return w->since - w->priority *',
    replace: 'return w->since + w->priority *',
    says: /before one that outranks it|what is free idles|the bit "queue first" is wrong/,
  },
  {
    name: 'who has waited for a while counts no higher',
    part: 'priorit',
    file: 'queue.h',
    find: "aging < 0 ? kNever : aging * int64_t{1'000'000}",
    replace: 'aging < 0 ? kNever : kNever',
    says: /before one that outranks it|what is free idles|the bit "queue first" is wrong/,
  },
  {
    name: 'who comes first by its priority does not look whether its permits are free',
    part: 'priorit',
    file: 'room.h',
    find: 'if (queue == nullptr || queue->WouldBeTurn(w)) {',
    replace: 'if (queue == nullptr || queue->Turn() == nullptr) {',
    says: IDLE,
  },
  {
    name: 'who is not first takes what is free',
    part: 'sequences: priorities, weights',
    file: 'queue.h',
    find: 'return turn == nullptr || ComesBefore(w, turn);',
    replace: 'return turn == nullptr || w->priority != turn->priority;',
    says: /before one that outranks it/,
  },
  {
    name: 'a thread that runs again leaves its promises of higher priority passed over',
    part: 'sequences: priorities',
    depth: 'deep',
    file: 'queue.h',
    find: '      level.turn = level.waiters.front();\n    }',
    replace: '      static_cast<void>(level);\n    }',
    says: /what is free idles|before one that outranks it|before one that came earlier|the bit "queue first" is wrong/,
  },
  {
    name: 'one more waits than may',
    part: 'sequences: semaphore of 1, one may wait',
    file: 'room.h',
    find: '(queue == nullptr ? 0 : queue->length) >= most;',
    replace: '(queue == nullptr ? 0 : queue->length) > most;',
    says: /one too many gets in/,
  },
  {
    name: 'who is refused where nobody waits leaves the bit that somebody does',
    part: 'full',
    file: 'room.h',
    find: `    if (IsFull(w, queue)) {
      WriteBits(w->cell, queue);`,
    replace: '    if (IsFull(w, queue)) {',
    says: /the bits of the state word are wrong/,
  },
  {
    name: 'two threads find room to spin where there is room for one',
    part: 'spin',
    file: 'spin.h',
    find: 'found_room_(count->fetch_add(1) < room) {}',
    replace: 'found_room_(count->load() < room) { count->fetch_add(1); }',
    says: /more spin at a time than may/,
  },
  {
    name: 'a thread that finds no room to spin takes some away',
    part: 'spin',
    file: 'spin.h',
    find: '~Claim() { count_->fetch_sub(1); }',
    replace: '~Claim() { if (found_room_) count_->fetch_sub(1); }',
    says: /counts as spinning still/,
  },
  {
    name: 'a bucket that has moved is used all the same',
    part: 'growth',
    file: 'parking_lot.h',
    find: 'if (!shelf.moved) return &shelf;',
    replace: 'return &shelf;',
    says: /everybody sleeps for ever|the queue is not empty|it crashes/,
  },
  {
    name: 'a bucket is marked as moved without its lock',
    part: 'growth',
    file: 'parking_lot.h',
    find: 'typename S::Lock lock(from->mutex);\n    while',
    replace: 'while',
    says: /.+/,
  },
  {
    name: 'inspect looks at an arena that its last thread leaves meanwhile',
    part: 'inspect',
    file: 'participant.h',
    find: `  bool WhileJoined(const Arena* arena, F f) {
    Lock lock(table_mutex_);`,
    replace: '  bool WhileJoined(const Arena* arena, F f) {',
    says: /memory is touched that nobody keeps/,
  },
  {
    name: 'it is told where permits were acquired that have just been given back',
    part: 'inspect',
    file: 'hold_notes.h',
    find: 'const int32_t permits = note.permits < held ? note.permits : held;\n      held -= permits;',
    replace: 'const int32_t permits = note.permits;',
    says: /of more permits it is said where they were acquired than are held/,
  },
  {
    name: 'the last to let go of a name frees the cell while another opens it',
    part: 'name',
    file: 'names.h',
    find: '    Lock lock(mutex_);\n    Release(offset);',
    replace: '    if (arena_->Uncount(offset) > 0) return;\n    Lock lock(mutex_);\n    Forget(offset);',
    says: /one name stands for two objects|the cell is another's|it crashes/,
  },
  {
    name: 'the name is looked up before the table is locked, and the cell made after',
    part: 'name',
    file: 'names.h',
    find: `    Lock lock(mutex_);
    if (const auto it = by_name_.find(name); it != by_name_.end()) {`,
    replace: `    auto it = by_name_.end();
    {
      Lock lock(mutex_);
      it = by_name_.find(name);
    }
    Lock lock(mutex_);
    if (it != by_name_.end()) {`,
    says: /one name stands for two objects|the cell is another's|it crashes/,
  },
  {
    name: 'a thread that ends does not let go of what it had open by name',
    part: 'name',
    file: 'arena.h',
    find: 'void Detach(uint32_t offset) { keeper_ != nullptr ? keeper_->Detach(offset) : static_cast<void>(Uncount(offset)); }',
    replace: 'void Detach(uint32_t offset) { Uncount(offset); }',
    says: /a name is kept that nobody has open/,
  },
  {
    name: 'a shared web lock passes an exclusive request',
    part: 'web lock',
    file: 'lock_table.h',
    find: '(it->second.queue.empty() && it->second.CanHold(mode))',
    replace: 'it->second.CanHold(mode)',
    says: /a request has overtaken one that was made before it/,
  },
  {
    name: 'a web lock is held while another holds it exclusively',
    part: 'web lock',
    file: 'lock_table.h',
    find: 'held.empty() || (mode',
    replace: 'held.empty() || held.front()->mode == mode || (mode',
    says: /two are inside|one holds a lock twice/,
  },
  {
    name: 'who gives a web lock back does not serve the next',
    part: 'web lock',
    file: 'lock_table.h',
    find: '      Serve(name, wakes);\n',
    replace: '      static_cast<void>(wakes);\n',
    says: /everybody sleeps for ever|is kept that nobody holds/,
  },
  {
    name: 'the web locks of a thread that ends stay with it',
    part: 'web lock',
    file: 'participant.h',
    find: '    if (locks_ != nullptr) locks_->Die(&lock_client_);\n',
    replace: '',
    says: /everybody sleeps for ever|is kept that nobody holds/,
  },
  {
    name: 'who was stolen from gives the lock of the thief back',
    part: 'web lock',
    file: 'lock_table.h',
    find: '    holder->name = nullptr;\n    static_cast<InLockName*>(holder)->Unlink();',
    replace: '    static_cast<InLockName*>(holder)->Unlink();',
    says: /.+/,
  },
  {
    name: 'a thread is not signalled for the web lock that it is granted',
    part: 'web lock',
    file: 'lock_table.h',
    find: '    wakes->DeliverNews(request->client->thread());',
    replace: '    static_cast<void>(wakes);\n    request->client->thread()->DeliverNews();',
    says: /everybody sleeps for ever/,
  },
  {
    name: 'a web lock that its thread found by itself is told once more',
    part: 'web lock',
    file: 'lock_table.h',
    find: '    request->at_once = true;\n    Heard(request);\n',
    replace: '    request->at_once = true;\n',
    says: /a thread is told twice that a lock is its own/,
  },
  {
    name: 'what came beside the web lock that a thread looked for is forgotten',
    part: 'web lock',
    file: 'lock_table.h',
    find: '    if (request->client->news_.empty()) request->client->thread()->TakeNews();',
    replace: '    request->client->thread()->TakeNews();',
    says: /everybody sleeps for ever/,
  },
  {
    name: 'whoever is served late counts as served in time, however late',
    part: 'rate',
    file: 'rate_queue.h',
    find: 'const int64_t then = std::max(w->arrived, now - Rate<S>::kMadeUpFor);',
    replace: 'const int64_t then = w->arrived;',
    says: /the rate is off|a token is had that was not there/,
  },
  {
    name: 'who has become the first at a rate is not told that its time has changed',
    part: 'rate',
    file: 'rate_queue.h',
    find: '        head->look_at = due;\n        wakes->Deliver(head);',
    replace: '        head->look_at = due;',
    says: /who is first sleeps past its time|everybody sleeps for ever/,
  },
  {
    name: 'what a rate granted and nobody has seen is not given back',
    part: 'rate',
    file: 'serving.h',
    find: '      Rate<S>::GiveBack(w->cell, w->want);\n      return ServeCell',
    replace: '      return ServeCell',
    says: /what was granted to the dead is lost|who gave up has spent something/,
  },
  {
    name: 'a rate gives one more at once than its burst',
    part: 'rate',
    file: 'rate.h',
    find: 'if (Plus(tat, missing) > now) return false;',
    replace: 'if (Plus(tat, missing) > now + each) return false;',
    says: /a token is had that was not there/,
  },
  {
    name: 'who tries at a rate does not see that others wait',
    part: 'rate',
    file: 'rate.h',
    find: '  if (S::Load(cell + kState) & kQueueFirst) return (S::Load(cell + kFlags) & kClosed) ? kIsClosed : kNotNow;\n',
    replace: '',
    says: /who waits is overtaken|who came first is served later/,
  },
  {
    name: 'tokens are given back, and who waits hears nothing of it',
    part: 'rate',
    file: 'room.h',
    find: '    Rate<S>::GiveBack(cell, tokens);\n    ServeCell(bucket, cell, &wakes);',
    replace: '    Rate<S>::GiveBack(cell, tokens);',
    says: /who is first sleeps past its time/,
  },
];

/** What scripts/native-tests.mjs runs: the model over each mutated core. */
export function mutationSuites(native, cache) {
  return mutations.map(({ name, part = '', depth = 'quick', file, find, replace, says }, index) => ({
    name: `mutation-${index + 1}`,
    title: `mutation: ${name}`,
    from: 'model',
    flags: ['-O0'],
    args: [depth, part],
    deep: true,
    include: () => mutatedCore(native, join(cache, `mutant-${index + 1}`), { name, file, find, replace }),
    judge(status, output) {
      const said = /^FAILED in .*$/m.exec(output)?.[0];
      if (status !== 1 || said === undefined) return `not found: exit status ${status}`;
      return says.test(said) ? '' : `found by something else: ${said}`;
    },
    tell: (output) => /^FAILED in .*$/m.exec(output)?.[0] ?? '',
  }));
}
