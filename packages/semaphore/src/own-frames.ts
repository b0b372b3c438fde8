import { URL } from 'node:url';

/** What the files of this package's code have in a stack. It stands here since it must hold in dist/ and in lib/. */
export const OWN_FRAMES: string = new URL('.', import.meta.url).href;
