/** How other copies of the packages come to be in a thread; support/copies.mjs makes them. */
export const MANNERS = [
  'again in the same realm',
  'in a realm of its own',
  "in a realm without Node's globals",
] as const;
