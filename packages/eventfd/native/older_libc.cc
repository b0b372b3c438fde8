// One binary for every Linux that Node 20 runs on: glibc 2.28 and libstdc++ 3.4.25 (GCC 8), whatever it was compiled
// on. A linker takes the newest version of each symbol that the compiling machine offers. What the headers of a newer
// GCC or glibc refer to, and older libraries do not have, is made here; scripts/check-symbols.mjs says when there is
// more.
//
//   symbol                                since                here
//   __libc_single_threaded                glibc 2.32           never: this library is there for threads
//   std::__throw_bad_array_new_length     libstdc++ 3.4.29     what it was before
#include <new>

#if defined(__linux__) && defined(__GLIBCXX__)

// std::shared_ptr asks it whether plain counting will do.
extern "C" __attribute__((visibility("hidden"))) char __libc_single_threaded;
char __libc_single_threaded = 0;

namespace std {

void __throw_bad_alloc();
void __throw_bad_array_new_length();
void __throw_bad_array_new_length() {
  __throw_bad_alloc();
}

}  // namespace std

#endif
