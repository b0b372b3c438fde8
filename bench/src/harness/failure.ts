/** Something the person at the terminal can mend: printed without a stack, and the exit code is 2. */
export class Failure extends Error {}
