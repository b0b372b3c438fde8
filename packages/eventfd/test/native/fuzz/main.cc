// The waiting room over memory that is written over. With clang, libFuzzer chooses the bytes (scripts/fuzz.mjs); else
// they are random, from a seed:
//
//   fuzz [seed] [seconds]    fuzz file...: the files' bytes, once each
#include <chrono>
#include <fstream>
#include <iterator>
#include <random>

#include "program.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  test::before_exit = [] { std::abort(); };  // libFuzzer then keeps the input
  fuzz::Program(data, size).Run();
  return 0;
}

#ifndef EFD_LIBFUZZER
namespace {

// The input that is under way, for when the process dies in it.
std::vector<uint8_t> bytes;

void Run() {
  fuzz::Program(bytes.data(), bytes.size()).Run();
}

void RunAtRandom(uint32_t seed, double seconds) {
  printf("fuzz: seed %u, %.1f s\n", seed, seconds);
  fflush(stdout);
  std::minstd_rand random(seed);
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(static_cast<int>(seconds * 1000));
  long programs = 0;
  for (; std::chrono::steady_clock::now() < until; programs++) {
    bytes.resize(random() % 2000);
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random() >> 8);
    Run();
  }
  CHECK(programs > 0);
  printf("fuzz: %ld programs over hostile memory; the books are in order\n", programs);
}

}  // namespace

int main(int argc, char** argv) {
  test::now = "fuzz";
  test::Deadline(200);
  char* end = nullptr;
  const auto seed = static_cast<uint32_t>(argc > 1 ? strtoul(argv[1], &end, 10) : std::random_device{}());
  if (argc > 1 && *end != '\0') {
    for (int i = 1; i < argc; i++) {
      std::ifstream file(argv[i], std::ios::binary);
      CHECK(file.good());
      bytes.assign(std::istreambuf_iterator<char>(file), {});
      Run();
    }
    printf("fuzz: %d files\n", argc - 1);
    return 0;
  }
  RunAtRandom(seed, argc > 2 ? strtod(argv[2], nullptr) : 2);
  return 0;
}
#endif
