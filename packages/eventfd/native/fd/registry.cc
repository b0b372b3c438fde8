#include "fd/registry.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>

namespace efd {
namespace {

bool IsEventFd(int fd) {
  char target[32];
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t length = readlink(link.c_str(), target, sizeof target);
  return length > 0 && std::string_view(target, static_cast<size_t>(length)) == "anon_inode:[eventfd]";
}

}  // namespace

// Leaked: a worker may still let go of a descriptor while the process runs its destructors.
Registry& Registry::Instance() {
  static Registry* instance = new Registry();
  return *instance;
}

bool Registry::Has(int fd) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const auto& entry) { return entry.second.descriptor.fd == fd; });
}

int64_t Registry::Add(const Descriptor& descriptor) {
  std::lock_guard lock(mutex_);
  if (Has(descriptor.fd)) return 0;
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

// Under the mutex, so that nobody takes it over meanwhile.
int Registry::CloseOther(int fd) {
  std::lock_guard lock(mutex_);
  if (Has(fd)) return -EEXIST;
  if (!IsEventFd(fd)) return fcntl(fd, F_GETFD) < 0 ? -errno : -EINVAL;
  return close(fd) == 0 || errno == EINTR ? 0 : -errno;  // it is closed also when that was interrupted
}

}  // namespace efd
