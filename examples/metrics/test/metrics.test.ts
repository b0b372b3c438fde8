import { expect, test } from 'vitest';
import { example } from '../../support/example.js';

test('the page tells of permits, waits and runs, under load and when it is over', async () => {
  const { code, stdout, stderr } = await example('metrics');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const [under = '', over = ''] = stdout.split('# when it is over');
  for (const line of [
    'eventfd_permits{name="backend",state="idle"} 0',
    'eventfd_permits{name="backend",state="used"} 4',
    'eventfd_waiting{name="backend"} 6',
    'eventfd_runs_total{name="backend",outcome="refused"} 5',
  ]) {
    expect(under).toContain(line);
  }
  for (const line of [
    'eventfd_permits{name="backend",state="idle"} 4',
    'eventfd_waiting{name="backend"} 0',
    'eventfd_runs_total{name="backend",outcome="completed"} 10',
    'eventfd_runs_total{name="backend",outcome="refused"} 5',
    'eventfd_wait_seconds_count{name="backend"} 15',
  ]) {
    expect(over).toContain(line);
  }
});
