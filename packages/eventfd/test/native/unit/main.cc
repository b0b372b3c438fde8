#include "lib/check.h"

int main(int argc, char** argv) {
  test::Deadline(60);
  return test::RunCases(argc > 1 ? argv[1] : "");
}
