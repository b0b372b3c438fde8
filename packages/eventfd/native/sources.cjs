// The files that the addon is compiled from, relative to this folder: native/binding.gyp asks, and scripts/cross. What is
// there for eventfd(2), and for Linux's libraries, is compiled on Linux alone.
const { readdirSync } = require('node:fs');

const OF_LINUX = /^(fd[\\/]|bind_eventfd\.cc$|older_libc\.cc$)/;

/** `os` as gyp has it: linux, mac or win. */
exports.sources = (os) =>
  readdirSync(__dirname, { recursive: true })
    .filter((file) => file.endsWith('.cc') && (os === 'linux' || !OF_LINUX.test(file)))
    .map((file) => file.replaceAll('\\', '/'))
    .sort();
