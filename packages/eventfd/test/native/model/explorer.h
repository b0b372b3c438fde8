#pragma once

#include <stdio.h>
#include <ucontext.h>

#include <string>
#include <vector>

#include "lib/check.h"
#include "model/fiber_stack.h"
#include "model/program.h"

// A deterministic scheduler, and the search through everything it could have done.
//
// Actors are fibers of one thread. Each stops before every operation that another could notice (an atomic, a lock, a
// sleep: an Op), and the scheduler picks who does its next one. A run is one such sequence of picks; the explorer
// repeats the program until the search has seen every run that it must:
//
//   kReduced     all interleavings, up to the order of operations that do not touch the same object (dynamic
//                partial-order reduction with source and sleep sets, Abdulla, Aronis, Jonsson and Sagonas 2014)
//   kBounded     those with at most `bound` preemptions, a preemption being a switch away from an actor that could have
//                gone on (bounded partial-order reduction, Coons, Musuvathi and McKinley 2013)
//   kEverything  every one, with at most `bound` preemptions: for checking the other two against
//
// All operations of the core are sequentially consistent, so an interleaving is all there is to a run.
namespace model {

class Explorer {
 public:
  struct Result {
    uint64_t runs = 0;
    uint64_t repeated = 0;  // runs begun in vain: another order of one that was seen
    bool complete = true;   // false: stopped at `most` runs
  };

  Explorer(Search search, int bound) : search_(search), bound_(bound) {}

  Result Explore(Program* program, uint64_t most = UINT64_MAX) {
    Result result;
    running_ = this;
    test::before_exit = [] { running_->Print(); };
    program_ = program;
    frames_.clear();
    do {
      RunOnce();
      ++(redundant_ ? result.repeated : result.runs);
      if (result.runs + result.repeated == most) {
        result.complete = !Advance();
        break;
      }
    } while (Advance());
    test::before_exit = nullptr;
    running_ = nullptr;
    return result;
  }

  // Called by an actor before it does `op`. Outside a run it means nothing.
  static void Before(const Op& op) {
    if (running_ != nullptr && running_->actor_ >= 0) running_->Yield(op);
  }

  // A lock was let go. No point to switch at: nobody could tell that from a switch at the next operation.
  static void Unlocked(const void* mutex) {
    if (running_ != nullptr && running_->actor_ >= 0) running_->NoteUnlock(mutex);
  }

  // Something for whoever reads of a failure.
  static void Note(std::string text) {
    if (running_ != nullptr && running_->actor_ >= 0) running_->AddNote(std::move(text));
  }

  // The actor that runs; -1 outside a run.
  static int actor() { return running_ == nullptr ? -1 : running_->actor_; }

 private:
  static constexpr int kMostSteps = 5000;

  // The last step of each actor that happened before something. -1: none.
  struct Clock {
    int at[kMaxActors] = {-1, -1, -1, -1};
    void Join(const Clock& other) {
      for (int i = 0; i < kMaxActors; i++) at[i] = at[i] < other.at[i] ? other.at[i] : at[i];
    }
  };

  struct Step {
    int actor;
    Op op;
    bool enabling;  // a signal that a sleeper needed
    Clock after;    // what had happened before its end
  };

  // A choice of the search: what could be picked before this step, and what of that was, or is to be.
  struct Frame {
    int chosen = -1;
    int previous = -1;  // who did the step before
    int preemptions = 0;
    Actors enabled = 0;
    Actors wanted = 0;  // to be picked here, now or later
    Actors done = 0;
    Actors asleep = 0;  // whatever they lead to was seen elsewhere
  };

  struct Object {
    const void* address;
    Clock writes, all;
    std::vector<int> steps;
  };

  // One run

  void RunOnce() {
    steps_.clear();
    notes_.clear();
    for (std::size_t i = 0; i < object_count_; i++) objects_[i].steps.clear();
    object_count_ = 0;
    redundant_ = false;
    unfinished_ = 0;
    program_->Begin();
    for (int i = 0; i < program_->actors(); i++) {
      unfinished_ |= Only(i);
      clocks_[i] = Clock{};
      pending_[i] = Op{};
      getcontext(&contexts_[i]);
      contexts_[i].uc_stack.ss_sp = stacks_[i].begin();
      contexts_[i].uc_stack.ss_size = FiberStack::kBytes;
      contexts_[i].uc_link = nullptr;
      makecontext(&contexts_[i], reinterpret_cast<void (*)()>(&Explorer::Entry), 0);
    }
    last_ = -1;
    actor_ = Pick();
    swapcontext(&main_, &contexts_[actor_]);
    actor_ = -1;
    program_->End();
  }

  static void Entry() {
    Explorer* self = running_;
    const int actor = self->actor_;
    self->program_->Run(actor);
    self->unfinished_ &= ~Only(actor);
    self->program_->AfterStep();
    if (self->unfinished_ == 0) {
      setcontext(&self->main_);
    } else {
      self->actor_ = self->Pick();
      setcontext(&self->contexts_[self->actor_]);
    }
  }

  void Yield(const Op& op) {
    const int self = actor_;
    pending_[self] = op;
    program_->AfterStep();
    const int next = Pick();
    if (next == self) return;
    actor_ = next;
    swapcontext(&contexts_[self], &contexts_[next]);
  }

  Actors Enabled() const {
    Actors enabled = 0;
    for (int i = 0; i < program_->actors(); i++) {
      if ((unfinished_ & Only(i)) != 0 && pending_[i].can_run()) enabled |= Only(i);
    }
    return enabled;
  }

  // Decides who does the next step, and writes it down.
  int Pick() {
    const Actors enabled = Enabled();
    if (enabled == 0) test::Fail(__FILE__, __LINE__, "everybody sleeps for ever");
    const std::size_t depth = steps_.size();
    if (depth >= kMostSteps) test::Fail(__FILE__, __LINE__, "they never come to an end");
    int chosen = -1;
    if (depth < frames_.size()) {
      chosen = frames_[depth].chosen;
      CHECK_SAYS((frames_[depth].enabled == enabled), "a run cannot be repeated: something in it is not deterministic");
    } else if (!redundant_) {
      chosen = Extend(enabled);
    }
    if (chosen < 0) {
      // Every continuation was seen. The run is brought to its end all the same, so that the program can begin again.
      redundant_ = true;
      chosen = Prefer(enabled);
    }
    Record(chosen);
    last_ = chosen;
    return chosen;
  }

  int Prefer(Actors among) const {
    if (last_ >= 0 && (among & Only(last_)) != 0) return last_;
    return __builtin_ctz(among);
  }

  // The search

  int Extend(Actors enabled) {
    Frame frame;
    frame.enabled = enabled;
    frame.previous = last_;
    if (!frames_.empty()) {
      const Frame& before = frames_.back();
      frame.preemptions = before.preemptions + Cost(before, before.chosen);
      if (search_ == Search::kReduced) {
        // They stay asleep until somebody does what concerns them.
        const Op& op = steps_.back().op;
        for (int i = 0; i < program_->actors(); i++) {
          if (((before.asleep | before.done) & Only(i)) != 0 && i != before.chosen && !pending_[i].conflicts(op)) {
            frame.asleep |= Only(i);
          }
        }
      }
    }
    const Actors awake = enabled & ~frame.asleep;
    if (awake == 0) return -1;
    frame.chosen = Prefer(awake);
    frame.wanted = search_ == Search::kEverything ? enabled : Only(frame.chosen);
    frames_.push_back(frame);
    return frame.chosen;
  }

  // A preemption: the one before could have gone on.
  static int Cost(const Frame& frame, int actor) {
    return frame.previous >= 0 && actor != frame.previous && (frame.enabled & Only(frame.previous)) != 0 ? 1 : 0;
  }

  // Goes back to the last choice that leaves something to try. False when there is none.
  bool Advance() {
    while (!frames_.empty()) {
      Frame& frame = frames_.back();
      frame.done |= Only(frame.chosen);
      for (int i = 0; i < program_->actors(); i++) {
        if ((frame.wanted & ~frame.done & ~frame.asleep & Only(i)) == 0) continue;
        if (search_ != Search::kReduced && frame.preemptions + Cost(frame, i) > bound_) continue;
        frame.chosen = i;
        return true;
      }
      frames_.pop_back();
    }
    return false;
  }

  Object* Find(const void* address) {
    for (std::size_t i = 0; i < object_count_; i++) {
      if (objects_[i].address == address) return &objects_[i];
    }
    if (object_count_ == objects_.size()) objects_.emplace_back();
    Object* object = &objects_[object_count_++];
    object->address = address;
    object->writes = object->all = Clock{};
    return object;
  }

  void Record(int actor) {
    const Op& op = pending_[actor];
    const int index = static_cast<int>(steps_.size());
    Object* object = op.object == nullptr ? nullptr : Find(op.object);
    Clock& clock = clocks_[actor];
    if (object != nullptr) {
      if (search_ != Search::kEverything && !redundant_) FindRace(actor, op, *object);
      clock.Join(op.writes() ? object->all : object->writes);
    }
    clock.at[actor] = index;
    if (object != nullptr) {
      object->all.Join(clock);
      if (op.writes()) object->writes = object->all;
      object->steps.push_back(index);
    }
    const bool enabling = op.kind == Kind::kSignal && !*static_cast<const bool*>(op.object);
    steps_.push_back({actor, op, enabling, clock});
  }

  void NoteUnlock(const void* mutex) {
    Object* object = Find(mutex);
    object->all.Join(clocks_[actor_]);
    object->writes = object->all;
  }

  // Steps that conflict with this one, and that nothing orders before it, could have come after it: that order is to
  // be tried. Those are the last change of the object or, if this is a change too, the looks at it since.
  void FindRace(int actor, const Op& op, const Object& object) {
    Clock before = clocks_[actor];
    before.Join(op.writes() ? object.all : object.writes);
    bool found = false;
    for (auto it = object.steps.rbegin(); it != object.steps.rend(); ++it) {
      const Step& step = StepAt(*it);
      if (!op.conflicts(step.op)) continue;
      if (step.op.writes() && found) return;
      if (step.actor != actor && *it > clocks_[actor].at[step.actor]) {
        // It could not: who sleeps without a timeout goes on after the signal only.
        if (op.kind == Kind::kSleep && step.enabling) return;
        Reverse(*it, actor, before);
        found = true;
      }
      if (step.op.writes()) return;
    }
  }

  // Sees to it that what `actor` is about to do is tried before step `index`.
  void Reverse(int index, int actor, const Clock& before) {
    if (search_ == Search::kReduced) {
      WantOne(index, Initials(index, actor, before));
      return;
    }
    Want(index, actor);
    // A preemption too many there may be none where the actor of that step began its stretch.
    int start = index;
    while (start > 0 && StepAt(start - 1).actor == StepAt(index).actor) start--;
    Want(start, actor);
  }

  void Want(int index, int actor) {
    Frame& frame = frames_[static_cast<std::size_t>(index)];
    frame.wanted |= (frame.enabled & Only(actor)) != 0 ? Only(actor) : frame.enabled;
  }

  void WantOne(int index, Actors any) {
    Frame& frame = frames_[static_cast<std::size_t>(index)];
    if ((frame.wanted & any) == 0) frame.wanted |= Only(__builtin_ctz(any));
  }

  // Of the steps after `index` that do not depend on it, and then the next of `actor`: who can do the first one.
  Actors Initials(int index, int actor, const Clock& before) const {
    const int by = StepAt(index).actor;
    Actors initials = 0, seen = 0;
    const auto consider = [&](int who, const Clock& clock, int until) {
      if ((seen & Only(who)) != 0) return;
      seen |= Only(who);
      for (int i = index + 1; i < until; i++) {
        if (StepAt(i).after.at[by] < index && i <= clock.at[StepAt(i).actor]) return;
      }
      initials |= Only(who);
    };
    for (int i = index + 1; i < static_cast<int>(steps_.size()); i++) {
      if (StepAt(i).after.at[by] < index) consider(StepAt(i).actor, StepAt(i).after, i);
    }
    consider(actor, before, static_cast<int>(steps_.size()));
    return initials;
  }

  const Step& StepAt(int index) const { return steps_[static_cast<std::size_t>(index)]; }

  // What to show

  void AddNote(std::string text) { notes_.push_back({static_cast<int>(steps_.size()), actor_, std::move(text)}); }

  void Print() {
    static constexpr const char* kNames[] = {"starts", "load",  "store",       "change",
                                             "lock",   "sleep", "timed sleep", "signal"};
    printf("the interleaving, %zu steps:\n", steps_.size());
    std::size_t note = 0;
    for (std::size_t i = 0; i <= steps_.size(); i++) {
      for (; note < notes_.size() && notes_[note].before_step <= static_cast<int>(i); note++) {
        printf("        %c   %s\n", 'A' + notes_[note].actor, notes_[note].text.c_str());
      }
      if (i == steps_.size()) break;
      const Step& step = steps_[i];
      printf("  %3zu   %c     %s %s\n", i, 'A' + step.actor, kNames[static_cast<int>(step.op.kind)],
             step.op.object == nullptr ? "" : program_->NameOf(step.op.object));
    }
    for (int i = 0; i < program_->actors(); i++) {
      if ((unfinished_ & Only(i)) == 0 || i == actor_) continue;
      printf("        %c   stands before: %s %s\n", 'A' + i, kNames[static_cast<int>(pending_[i].kind)],
             pending_[i].object == nullptr ? "" : program_->NameOf(pending_[i].object));
    }
  }

  struct Remark {
    int before_step;
    int actor;
    std::string text;
  };

  static inline Explorer* running_ = nullptr;

  const Search search_;
  const int bound_;
  Program* program_ = nullptr;
  std::vector<Frame> frames_;

  // Of the run
  int actor_ = -1;
  int last_ = -1;
  Actors unfinished_ = 0;
  bool redundant_ = false;
  Op pending_[kMaxActors];
  Clock clocks_[kMaxActors];
  std::vector<Step> steps_;
  std::vector<Remark> notes_;
  std::vector<Object> objects_;
  std::size_t object_count_ = 0;
  ucontext_t main_;
  ucontext_t contexts_[kMaxActors];
  FiberStack stacks_[kMaxActors];
};

}  // namespace model
