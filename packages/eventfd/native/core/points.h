#pragma once

namespace efd {

// Named points: where a test may hold a thread while it is asked to end.
//
// V8 cannot end a thread inside C++. A thread "killed at a point" stands there until its termination has been asked
// for, goes on, and is ended by V8 where it looks next, so that it never comes back to whoever called. Nothing is
// locked at a point: other threads go on while one stands there.
//
//   point      what has happened                                       mended, when the thread ends, by
//   ---------  ------------------------------------------------------  -----------------------------------------------
//   attaching  it has a ledger slot, and the cell does not know it     nothing to mend; the slot's line goes back (Die)
//   attached   the cell counts it; it is in the thread's table next    Die hands the cell back last
//   taking     nothing: the compare-exchange is next                   -
//   taken      permits are taken, the ledger does not say so yet       the ledger, which is next; then Die, step 2
//   noted      ... and it says so                                      Die, step 2
//   giving     the ledger is down, the permits are not free yet        the add, which is next; then Die, step 3
//   given      the permits are free, who waits has not been served     Die, step 3
//   posted     the same where nobody keeps book                        Die, step 3
//   serving    it came to serve the queue, or is Die's step 3          C++, which goes on
//   waking     decided under the lock; the threads are not signalled   C++, which goes on; who is gone by then
//                                                                      has retired its waker
//   arrived    the wait was over before it began                       Die, step 2; step 3 or LoseParty without ledger
//   queued     it stands in the queue                                  Die, step 1: leaves, or passes on what it got
//   parked     it has said that it sleeps                              the loop's descriptor wakes it; then as queued
//   woken      it was signalled, and has not looked                    Die, step 1
//   resumed    what it was granted is noted, JavaScript has not heard  Die, step 2; without ledger step 1
//   told       JavaScript was told, or could not be                    as resumed, for what it has not heard of
//   leaving    it gives up a wait; Die's step 1, too                   C++, which goes on
//   closing    it closes a cell                                        C++, which goes on: all waits end
//   dying      its end has begun; others still see it                  Die
//   retiring   all is given back, others may still signal it           Die, step 5
//   asking     it asks for a Web Lock                                  nothing to mend
//   asked      the table has its request, JavaScript does not know     Die, step 4
//   unlocking  it gives a Web Lock back, or its Die does               C++, which goes on; else Die, step 4
//   unlocked   the next are served                                     nothing to mend
//   retired    its waker is gone                                       the rest of Die
//
// packages/semaphore/test/fault/points-*.test.ts kill a worker at each. Only a build with EFD_POINTS has them
// (packages/eventfd/scripts/build-native.mjs --points): in any other AtPoint() is nothing, and nothing can arm it.
#ifdef EFD_POINTS
void AtPoint(const char* name);  // bind_points.cc
#else
constexpr void AtPoint(const char*) {}
#endif

}  // namespace efd
