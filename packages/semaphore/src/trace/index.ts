/** A picture of what the threads did: who held what, who waited for what, and when. */
export { startTrace, type Trace } from './start.js';
