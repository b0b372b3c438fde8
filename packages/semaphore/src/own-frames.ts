import { URL } from 'node:url';

/**
 * What the files of this package's code have in a stack. It stands here since it must hold in dist/ and in lib/. A bundler that
 * makes CommonJS leaves `import.meta` empty; there, as in any bundle of one file, these frames are not to be told from others.
 */
export const OWN_FRAMES: string = new URL('.', import.meta.url ?? 'file:///in-a-bundle/').href;
