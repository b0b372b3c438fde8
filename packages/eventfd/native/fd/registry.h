#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace efd {

struct Descriptor {
  int fd;
  bool semaphore;
};

// The descriptors that threads of this process share, each with the number of threads that hold it; the last to let go
// closes it. One per process, since all threads load the same addon. Its mutex is a leaf: nothing is called under it
// but close(2), which keeps a number from being reused before its entry is gone.
class Registry {
 public:
  static Registry& Instance();

  // Takes the descriptor over for the calling thread. The id is never used again; 0 if the descriptor is here already.
  int64_t Add(const Descriptor& descriptor);

  // Counts the calling thread in; nothing if there is no such id, or no longer.
  std::optional<Descriptor> Attach(int64_t id);

  // Counts it out again.
  void Detach(int64_t id);

  // Closes an eventfd that is not here. 0, or a negative errno: -EEXIST when it is, -EINVAL when it is no eventfd.
  int CloseOther(int fd);

 private:
  struct Entry {
    Descriptor descriptor;
    int threads;
  };

  Registry() = default;

  bool Has(int fd) const;

  std::mutex mutex_;
  std::unordered_map<int64_t, Entry> entries_;
  int64_t last_id_ = 0;
};

}  // namespace efd
