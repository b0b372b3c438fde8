// What a library for macOS asks others for, by its own tables: Linux's tools do not read them.
import { platformOf } from '../../packages/eventfd/scripts/platform-of.mjs';

// Of <mach-o/loader.h> and <mach-o/nlist.h>.
const LC_SYMTAB = 0x2;
const LC_LOAD_DYLIB = 0xc;
const N_STAB = 0xe0;
const N_TYPE = 0x0e;
const N_EXT = 0x01;
const DYNAMIC_LOOKUP = 0xfe;

function textAt(file, at) {
  return file.toString('latin1', at, file.indexOf(0, at));
}

/** The symbols that may be anywhere in the process, and the libraries that all others are in. */
export function undefinedSymbols(file, arch) {
  const platform = platformOf(file);
  if (platform !== `darwin-${arch}`) throw new Error(`it is for ${platform}, not for darwin-${arch}`);
  const inProcess = [];
  const libraries = [];
  let at = 32;
  for (let commands = file.readUInt32LE(16); commands > 0; commands--) {
    const command = file.readUInt32LE(at);
    if (command === LC_LOAD_DYLIB) libraries.push(textAt(file, at + file.readUInt32LE(at + 8)));
    if (command === LC_SYMTAB) {
      const [symbols, count, names] = [8, 12, 16].map((offset) => file.readUInt32LE(at + offset));
      for (let symbol = symbols; symbol < symbols + 16 * count; symbol += 16) {
        const type = file.readUInt8(symbol + 4);
        const isUndefined = (type & N_STAB) === 0 && (type & N_TYPE) === 0 && (type & N_EXT) !== 0;
        if (isUndefined && file.readUInt16LE(symbol + 6) >> 8 === DYNAMIC_LOOKUP)
          inProcess.push(textAt(file, names + file.readUInt32LE(symbol)));
      }
    }
    at += file.readUInt32LE(at + 4);
  }
  return { inProcess, libraries };
}
