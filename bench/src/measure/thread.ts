import { runTask } from './threads.js';

await runTask();
