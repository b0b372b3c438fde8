#include "fd/registry.h"

#include <unistd.h>

#include <algorithm>

namespace efd {
// Leaked: a worker may still let go of a descriptor while the process runs its destructors.
Registry& Registry::Instance() {
  static Registry* instance = new Registry();
  return *instance;
}

int64_t Registry::Add(const Descriptor& descriptor) {
  std::lock_guard lock(mutex_);
  bool known = std::any_of(entries_.begin(), entries_.end(),
                           [&](const auto& entry) { return entry.second.descriptor.fd == descriptor.fd; });
  if (known) return 0;
  entries_.emplace(++last_id_, Entry{descriptor, 1});
  return last_id_;
}

std::optional<Descriptor> Registry::Attach(int64_t id) {
  std::lock_guard lock(mutex_);
  auto found = entries_.find(id);
  if (found == entries_.end()) return std::nullopt;
  found->second.threads++;
  return found->second.descriptor;
}

void Registry::Detach(int64_t id) {
  std::lock_guard lock(mutex_);
  auto found = entries_.find(id);
  if (found == entries_.end() || --found->second.threads > 0) return;
  close(found->second.descriptor.fd);
  entries_.erase(found);
}

}  // namespace efd
