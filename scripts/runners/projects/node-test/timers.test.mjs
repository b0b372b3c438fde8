import test, { mock } from 'node:test';
import { blocksInRealTime, keepsFakeTime } from './app/scenarios.mjs';

test('a wait that does not block times out when the fake clock says so', async () => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  try {
    await keepsFakeTime((ms) => mock.timers.tick(ms));
  } finally {
    mock.timers.reset();
  }
});

test('a wait that blocks times out in real time, and other threads are as ever', async () => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  try {
    await blocksInRealTime();
  } finally {
    mock.timers.reset();
  }
});
