import { readdirSync, readFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

const grace = 30_000;

/**
 * A test's own timeout cannot fire while its thread is blocked in native code, and Vitest does not say which file a
 * dead process was running. This reporter lives in Vitest's main process: it kills a file that passed every deadline
 * of its tests in silence, names the files that did not finish, and ends with the counts in one line.
 */
export default class Watchdog implements Reporter {
  #timer: NodeJS.Timeout | undefined;
  /** Files under way, each with the last of its tests that is done. */
  readonly #running = new Map<TestModule, string>();

  onTestModuleQueued(module: TestModule) {
    this.#watch(module);
  }

  onTestModuleCollected(module: TestModule) {
    this.#running.set(module, 'none');
    this.#watch(module);
  }

  onTestCaseResult(test: { fullName: string; module: TestModule }) {
    this.#running.set(test.module, test.fullName);
    this.#watch(test.module);
  }

  onTestModuleEnd(module: TestModule) {
    this.#running.delete(module);
    clearTimeout(this.#timer);
    for (const other of this.#running.keys()) this.#watch(other);
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]) {
    clearTimeout(this.#timer);
    let passed = 0;
    let failed = 0;
    let unfinished = 0;
    for (const module of modules) {
      const states = [...module.children.allTests()].map((test) => test.result().state);
      const failedHere = states.filter((state) => state === 'failed').length;
      passed += states.filter((state) => state === 'passed').length;
      // A file that could not even be imported has no test that failed.
      failed += module.state() === 'failed' ? Math.max(failedHere, 1) : failedHere;
      if (module.state() === 'pending' || module.state() === 'queued') {
        unfinished++;
        console.error(`did not finish: ${module.relativeModuleId}`);
      }
    }
    console.log(`${passed} passed, ${failed + Math.max(unfinished, errors.length)} failed`);
  }

  /** From now on all files may be silent for as long as any test of this one may take. */
  #watch(module: TestModule) {
    clearTimeout(this.#timer);
    const { testTimeout, hookTimeout } = module.project.config;
    const timeouts = [...module.children.allTests()].map((test) => test.options.timeout ?? testTimeout);
    this.#timer = setTimeout(() => this.#bark(), Math.max(testTimeout, hookTimeout, ...timeouts) + grace);
  }

  /** Which process runs which file is not to be known here; but where nothing moves, none of them will. */
  #bark() {
    for (const [module, last] of this.#running) {
      console.error(`blocked past every deadline: ${module.relativeModuleId} (last test done: ${last})`);
    }
    for (const pid of childrenRunningTests()) process.kill(pid, 'SIGKILL');
  }
}

function childrenRunningTests(): number[] {
  const children = readdirSync('/proc/self/task').flatMap((task) =>
    readFileSync(`/proc/self/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return children.filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('vitest/dist/workers'));
}
