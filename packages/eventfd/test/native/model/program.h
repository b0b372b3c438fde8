#pragma once

#include <stdint.h>

// What the explorer schedules: programs of actors, an operation at a time.
namespace model {

constexpr int kMaxActors = 4;
using Actors = unsigned;  // a set of them

constexpr Actors Only(int actor) {
  return 1u << actor;
}

enum class Kind : uint8_t { kStart, kLoad, kStore, kChange, kLock, kSleep, kTimedSleep, kSignal };

// What an actor is about to do. `flag`, unless null, must be `needed` first.
struct Op {
  Kind kind = Kind::kStart;
  const void* object = nullptr;
  const bool* flag = nullptr;
  bool needed = false;

  bool writes() const { return kind != Kind::kLoad && kind != Kind::kStart; }
  bool can_run() const { return flag == nullptr || *flag == needed; }
  bool conflicts(const Op& other) const {
    return object != nullptr && object == other.object && (writes() || other.writes());
  }
};

enum class Search : uint8_t { kReduced, kBounded, kEverything };

// What is run again and again. Begin and End happen outside the schedule.
class Program {
 public:
  virtual int actors() const = 0;
  virtual void Begin() = 0;
  virtual void Run(int actor) = 0;
  virtual void AfterStep() {}
  virtual void End() = 0;
  virtual const char* NameOf(const void* object) const = 0;

 protected:
  ~Program() = default;
};

}  // namespace model
