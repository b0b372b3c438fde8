#pragma once

#include <string>
#include <vector>

#include "model/specification.h"

// All sequences of operations on one cell, up to a bound: each is run on the waiting room, by threads that exist in
// name only. After each operation what has become of those that wait is held against the specification of the kind, and
// the words, ledgers and wakers against what they must be.
//
// The explorer runs a few scenarios in every order of the machine's operations; this runs a cell's operations in every
// order.
namespace sequences {

enum class Verb : uint8_t {
  // Of a slot
  kArrive,
  kTry,  // on the fast path alone
  kAbort,
  kExpire,  // its time is up
  kRelease,
  kReleaseOnly,  // ... and does not come to serve the queue, yet
  kLookSync,     // a blocked thread was woken, or has had its nap
  kLookLate,     // the same once its patience is over
  kEndSlice,     // it naps, and goes to run JavaScript
  kNextSlice,    // ... and is back
  // Of a thread
  kLook,       // its loop turns
  kServe,      // what it owes
  kElsewhere,  // it blocks in a wait for something else
  kBack,       // ... and that is over
  kDie,
  // Of somebody else
  kSet,
  kReset,
  kPost,
  kPostTwo,
  kNotify,
  kNotifyTwo,
  kGrow,
  kShrink,
  kLend,
  kClose,
  kBreak,
  kMakeWhole,
  kLater,  // who waits counts one level higher
};

struct Setup {
  const char* name;
  Kind kind;
  std::vector<Slot> slots;
  std::vector<Verb> verbs;  // beside those that there always are: arrive, abort, expire, look, serve
  int quick;                // how long the sequences are, at most, when there is little time
};

const std::vector<Setup>& Setups();

struct Tried {
  unsigned long long sequences = 0;  // that were run
  unsigned long long states = 0;     // that they lead to
  int longest = 0;
  bool all = false;  // a longer one leads to no other state
};

constexpr int kMostSteps = 40;

// Of sequences that lead to the same state one is gone on with: what the others lead to is the same. So where no longer
// one leads to another state, it holds for all sequences, however long.
Tried Try(const Setup& setup, int longest);

}  // namespace sequences
