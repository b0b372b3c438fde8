// Does nothing, on purpose. A published package brings its binary along and a checkout builds it with scripts/build.mjs;
// without an `install` script of the package's own, pnpm and npm would see binding.gyp and run node-gyp by themselves.
