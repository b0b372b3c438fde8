// Interleavings a few nanoseconds wide, which no stress finds: replayed on one thread, by acting for another thread
// just after a load of the state word.
#include <functional>

#include "lib/parties.h"

namespace unit_interleavings {

using efd::Outcome;
using efd::Role;
using test::Place;

std::function<void()> after_next_load;
const int32_t* watched;

struct Replayed : efd::RealSync {
  using RealSync::Load;
  static int32_t Load(const int32_t* word) {
    const int32_t value = RealSync::Load(word);
    if (word == watched && after_next_load) {
      const auto act = std::move(after_next_load);
      after_next_load = nullptr;
      act();
    }
    return value;
  }
};

using Room = efd::Room<Replayed>;
using Waiter = efd::Waiter<Replayed>;

// The process has one and never destroys it.
Room& TheRoom() {
  static auto* room = new Room;
  return *room;
}

class Party {
 public:
  explicit Party(Place* place) : participant_(&TheRoom(), &waker_) {
    bool is_new;
    uint32_t id = 0;
    participant_.Attach(participant_.Join(&place->arena, &is_new), place->offset, place->kind, 1, &id);
    at_ = participant_.At(id);
  }
  ~Party() { participant_.Die(); }

  int32_t held() const { return *at_->slot(); }
  Waiter* ready() { return participant_.thread()->NextReady(); }

  bool TryTake() { return efd::TryTake<Replayed>(at_->cell(), at_->slot(), 1) == efd::kTaken; }
  void ReleaseOnly() { efd::Release<Replayed>(at_->cell(), at_->slot(), 1); }
  void Serve() { TheRoom().Serve(at_->cell()); }
  void Release() {
    ReleaseOnly();
    Serve();
  }
  Waiter* Queue(bool sync) {
    Waiter* waiter = participant_.NewWait(at_, 1, Role::kTaker, sync);
    CHECK(TheRoom().Arrive(waiter) == Outcome::kWaiting);
    return waiter;
  }
  void EndWait(Waiter* waiter) { participant_.EndWait(waiter); }

 private:
  test::CountingWaker waker_;
  efd::Participant<Replayed> participant_;
  efd::Participant<Replayed>::Attachment* at_;
};

// A waits, is woken to try, and B is faster. A looks and finds nothing, at the end of its patience where it is blocked;
// before A, now owed the permit, walks the queue, B gives it back. So A is granted what it was about to go on waiting
// for. Returns A's waiter, which has ended.
Waiter* ReleasedWhileTheWaiterLooks(Place& place, Party& a, Party& b, bool sync) {
  CHECK(b.TryTake());
  Waiter* waiter = a.Queue(sync);
  b.Release();
  CHECK(b.TryTake());
  watched = place.cell;
  after_next_load = [&] { b.ReleaseOnly(); };
  waiter->patient_until = 1;
  CHECK(TheRoom().Resume(waiter) == Outcome::kGranted);
  CHECK(!after_next_load);
  b.Serve();
  CHECK_EQ(a.held(), 1);
  return waiter;
}

TEST("interleavings: a grant to a waiter that is being looked at counts once") {
  Place place(1);
  Party a(&place), b(&place);
  Waiter* waiter = ReleasedWhileTheWaiterLooks(place, a, b, /*sync=*/false);
  CHECK(a.ready() == nullptr);
  a.EndWait(waiter);
  a.Release();
  CHECK_EQ(place.free(), 1);
}

TEST("interleavings: after such a grant the node says nothing about its next wait") {
  Place place(1);
  Party a(&place), b(&place);
  Waiter* waiter = ReleasedWhileTheWaiterLooks(place, a, b, /*sync=*/true);
  a.EndWait(waiter);
  a.Release();
  CHECK(b.TryTake());
  Waiter* next = a.Queue(/*sync=*/false);
  CHECK(next == waiter);
  b.Release();
  CHECK(a.ready() == next);
  CHECK(TheRoom().Resume(next) == Outcome::kGranted);
  a.EndWait(next);
}

}  // namespace unit_interleavings
