#pragma once

#include <algorithm>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>

// How much of the machine's time a container leaves its processes. A process that may use one core of eight at a time
// sees eight; libuv knows of it from 1.49 on (Node 22 and newer), and Node 20 has an older one.
namespace efd {

constexpr double kNoQuota = std::numeric_limits<double>::infinity();

// What a control group's own files say, in cores.
inline double QuotaIn(const std::string& group) {
  // Version 2: "max 100000", or "150000 100000", in microseconds.
  if (std::ifstream file(group + "/cpu.max"); file) {
    double quota = 0, period = 0;
    return file >> quota >> period && quota > 0 && period > 0 ? quota / period : kNoQuota;
  }
  // Version 1: two files; the first says -1 when there is none.
  double quota = 0, period = 0;
  std::ifstream(group + "/cpu.cfs_quota_us") >> quota;
  std::ifstream(group + "/cpu.cfs_period_us") >> period;
  return quota > 0 && period > 0 ? quota / period : kNoQuota;
}

// Of the group and those it lies in: each has a say. `group` begins with a slash, and may lie outside of what is
// mounted in a container; then the root is the container's own.
inline double QuotaUpFrom(const std::string& mount, std::string group) {
  double least = QuotaIn(mount);
  while (group.size() > 1) {
    least = std::min(least, QuotaIn(mount + group));
    group.resize(group.find_last_of('/'));
  }
  return least;
}

// Of the process. `groups` is /proc/self/cgroup: lines of "number:controllers:group".
inline double CpuQuota(std::istream& groups, const std::string& mount) {
  double least = kNoQuota;
  for (std::string line; std::getline(groups, line);) {
    const auto first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos || second + 1 == line.size() || line[second + 1] != '/') continue;
    const std::string controllers = line.substr(first + 1, second - first - 1), group = line.substr(second + 1);
    if (controllers.empty()) {
      least = std::min({least, QuotaUpFrom(mount, group), QuotaUpFrom(mount + "/unified", group)});
      continue;
    }
    std::istringstream names(controllers);
    for (std::string name; std::getline(names, name, ',');) {
      if (name == "cpu")
        least = std::min({least, QuotaUpFrom(mount + "/cpu", group), QuotaUpFrom(mount + '/' + controllers, group)});
    }
  }
  return least;
}

// Whole cores that the process may use, of so many: at least one. A core and a half are one to whoever spins.
inline int CoresWithin(double quota, int cores) {
  return std::max(1, quota < cores ? static_cast<int>(quota) : cores);
}

}  // namespace efd
