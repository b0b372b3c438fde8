// Which system and processor a binary is for, by the first bytes of it: of <elf.h>, <mach-o/loader.h> and Microsoft's "PE Format".
const ELF = { 62: 'linux-x64', 183: 'linux-arm64' };
const MACH_O = { 16777223: 'darwin-x64', 16777228: 'darwin-arm64' };
const PE = { 34404: 'win32-x64', 43620: 'win32-arm64' };

/** As `process.platform` and `process.arch` say it, with a dash between; undefined where it is neither. */
export function platformOf(file) {
  if (file.length < 64) return undefined;
  if (file.readUInt32BE(0) === 0x7f454c46) return ELF[file.readUInt16LE(18)];
  if (file.readUInt32LE(0) === 0xfeedfacf) return MACH_O[file.readUInt32LE(4)];
  if (file.toString('latin1', 0, 2) !== 'MZ') return undefined;
  const header = file.readUInt32LE(60);
  if (header + 6 > file.length || file.toString('latin1', header, header + 4) !== 'PE\0\0') return undefined;
  return PE[file.readUInt16LE(header + 4)];
}
