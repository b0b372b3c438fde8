#include "loop/quota.h"

#include <stdlib.h>

#include <filesystem>

#include "lib/check.h"

namespace unit_quota {

using efd::CoresWithin;

// A tree of control groups, in files.
class Groups {
 public:
  Groups() {
    char name[] = "/tmp/eventfd-quota-XXXXXX";
    CHECK(mkdtemp(name) != nullptr);
    root_ = name;
  }
  ~Groups() { std::filesystem::remove_all(root_); }

  void Write(const std::string& file, const std::string& text) {
    const auto path = root_ + '/' + file;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path) << text;
  }
  int Cores(const std::string& groups, int cores = 8) {
    std::istringstream lines(groups);
    return CoresWithin(efd::CpuQuota(lines, root_), cores);
  }

 private:
  std::string root_;
};

TEST("quota: none leaves all cores") {
  Groups groups;
  CHECK_EQ(groups.Cores(""), 8);
  CHECK_EQ(groups.Cores("0::/some/where\n"), 8);
  groups.Write("cpu.max", "max 100000\n");
  CHECK_EQ(groups.Cores("0::/\n"), 8);
}

TEST("quota: of the second version, from the group and all above it") {
  Groups groups;
  groups.Write("cpu.max", "400000 100000\n");
  CHECK_EQ(groups.Cores("0::/\n"), 4);
  CHECK_EQ(groups.Cores("0::/outside/of/the/container\n"), 4);
  groups.Write("a/cpu.max", "150000 50000\n");
  groups.Write("a/b/cpu.max", "max 100000\n");
  CHECK_EQ(groups.Cores("0::/a/b\n"), 3);
  groups.Write("a/b/cpu.max", "150000 100000\n");
  CHECK_EQ(groups.Cores("0::/a/b\n"), 1);
}

TEST("quota: less than a core is one, more than there are is all") {
  Groups groups;
  groups.Write("cpu.max", "20000 100000\n");
  CHECK_EQ(groups.Cores("0::/\n"), 1);
  groups.Write("cpu.max", "6400000 100000\n");
  CHECK_EQ(groups.Cores("0::/\n"), 8);
}

TEST("quota: of the first version, by either name of the mount, and of both at once") {
  Groups groups;
  groups.Write("cpu,cpuacct/docker/x/cpu.cfs_quota_us", "200000\n");
  groups.Write("cpu,cpuacct/docker/x/cpu.cfs_period_us", "100000\n");
  CHECK_EQ(groups.Cores("5:memory:/docker/y\n4:cpu,cpuacct:/docker/x\n"), 2);
  groups.Write("cpu/cpu.cfs_quota_us", "-1\n");
  groups.Write("cpu/cpu.cfs_period_us", "100000\n");
  CHECK_EQ(groups.Cores("4:cpu:/\n"), 8);
  groups.Write("unified/z/cpu.max", "100000 100000\n");
  CHECK_EQ(groups.Cores("4:cpu,cpuacct:/docker/x\n0::/z\n"), 1);
}

TEST("quota: what it cannot make sense of it passes over") {
  Groups groups;
  groups.Write("cpu.max", "few\n");
  CHECK_EQ(groups.Cores("0::\n:\nabc\n0::relative\n0::/\n"), 8);
  groups.Write("cpu.max", "0 0\n");
  CHECK_EQ(groups.Cores("0::/\n"), 8);
}

}  // namespace unit_quota
