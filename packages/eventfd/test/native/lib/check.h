#pragma once

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <vector>

// Assertions and cases for tests that run without Node. The first failure ends the process with status 1.
namespace test {

struct Case {
  const char* name;
  void (*run)();
};

inline std::vector<Case>& Cases() {
  static std::vector<Case> cases;
  return cases;
}

inline int Register(const char* name, void (*run)()) {
  Cases().push_back({name, run});
  return 0;
}

// What the process is busy with, for whoever reads of its failure.
inline const char* now = "start";

// Called before a failure ends the process: the model tests print the interleaving.
inline void (*before_exit)() = nullptr;

[[noreturn]] inline void Fail(const char* file, int line, const char* what) {
  const char* slash = strrchr(file, '/');
  printf("FAILED in \"%s\": %s (%s:%d)\n", now, what, slash != nullptr ? slash + 1 : file, line);
  if (before_exit != nullptr) before_exit();
  fflush(stdout);
  _exit(1);
}

template <class A, class B>
void Equal(const A& is, const B& expected, const char* what, const char* file, int line) {
  if (is == static_cast<A>(expected)) return;
  char text[300];
  snprintf(text, sizeof text, "%s is %lld, expected %lld", what, static_cast<long long>(is),
           static_cast<long long>(expected));
  Fail(file, line, text);
}

// A process that hangs says in what, and fails.
inline void Deadline(unsigned seconds) {
  signal(SIGALRM, [](int) {
    const char text[] = "FAILED: the deadline struck in: ";
    if (write(STDOUT_FILENO, text, sizeof text - 1) < 0 || write(STDOUT_FILENO, now, strlen(now)) < 0) _exit(3);
    _exit(2);
  });
  alarm(seconds);
}

// Runs the cases whose name contains `part`.
inline int RunCases(const char* part) {
  int ran = 0;
  for (const Case& each : Cases()) {
    if (strstr(each.name, part) == nullptr) continue;
    now = each.name;
    each.run();
    ran++;
  }
  if (ran == 0) Fail(__FILE__, __LINE__, "no case has such a name");
  printf("%d cases passed\n", ran);
  return 0;
}

}  // namespace test

#define TEST_JOIN2(a, b) a##b
#define TEST_JOIN(a, b) TEST_JOIN2(a, b)
#define TEST_AT(name, id)                                                                            \
  static void TEST_JOIN(Case, id)();                                                                 \
  [[maybe_unused]] static const int TEST_JOIN(case, id) = test::Register(name, TEST_JOIN(Case, id)); \
  static void TEST_JOIN(Case, id)()
#define TEST(name) TEST_AT(name, __COUNTER__)

#define CHECK(condition) ((condition) ? void() : test::Fail(__FILE__, __LINE__, #condition))
#define CHECK_SAYS(condition, what) ((condition) ? void() : test::Fail(__FILE__, __LINE__, what))
#define CHECK_EQ(is, expected) test::Equal(is, expected, #is, __FILE__, __LINE__)
