/** What the tests that kill a worker at a point do before and after. */
import { Barrier } from '@eventfd/semaphore';
import { onTestFinished } from 'vitest';
import { until, within } from './deadline.js';
import { type Pass, type Subject, type SubjectClass, subjects } from './subjects.mjs';
import { everything, Victim } from './victim.js';

/** One object with its victim, and what the main thread does about it. */
export class Scene {
  readonly name: string;
  readonly cls: SubjectClass;
  readonly object: Subject;
  readonly victim: Victim;
  #shut: Pass;
  readonly #waiting: Promise<Pass>[] = [];

  private constructor(name: string, cls: SubjectClass, object: Subject, victim: Victim) {
    this.name = name;
    this.cls = cls;
    this.object = object;
    this.victim = victim;
  }

  static async of(name: string, options?: { attach?: boolean }): Promise<Scene> {
    const cls = subjects[name] as SubjectClass;
    const object = cls.make('it');
    const victim = await Victim.start(name, object, options);
    onTestFinished(() => victim.end());
    return new Scene(name, cls, object, victim);
  }

  get isBarrier(): boolean {
    return this.name === 'Barrier';
  }

  /** Whether it is a barrier that has lost a party. */
  get isBroken(): boolean {
    return this.object instanceof Barrier && this.object.broken;
  }

  get isCondition(): boolean {
    return this.name === 'Condition';
  }

  /** From now on who comes waits. */
  shut(): void {
    this.#shut = this.cls.shut(this.object);
  }

  /** Lets the first in the queue pass. */
  open(): void {
    this.cls.open(this.object, this.#shut);
  }

  /** Until so many wait. */
  queued(count: number): Promise<void> {
    return until(`${count} in the queue`, () => this.object.waiting === count, everything);
  }

  /** The main thread waits, too. */
  wait(): void {
    const waits = this.cls.pass(this.object);
    waits.catch(() => {});
    this.#waiting.push(waits);
  }

  /** Everybody who waits in the main thread passes, one after the other; whether the first was told of a death. */
  async allPass(): Promise<boolean> {
    let told: boolean | undefined;
    for (const waits of this.#waiting.splice(0)) {
      const passed = await within('who waits in the main thread', waits, everything);
      told ??= passed?.abandoned === true;
      this.cls.leave(this.object, passed);
    }
    return told === true;
  }

  /** Everybody who waits in the main thread is refused; with which codes. */
  async allRefused(): Promise<string[]> {
    const codes: string[] = [];
    for (const waits of this.#waiting.splice(0)) {
      const code = waits.then(
        () => 'none',
        (error) => error.code as string,
      );
      codes.push(await within('who waits in the main thread', code, everything));
    }
    return codes;
  }

  /** Whether it is as new: nobody has it, nobody waits, nothing is left over; and it can be shut and opened again. */
  async isWhole(): Promise<boolean> {
    const { cls, object } = this;
    const asNew = JSON.stringify(cls.state(cls.make()));
    for (const turn of [0, 1]) {
      const state = JSON.stringify(cls.state(object));
      if (state !== asNew) throw new Error(`In turn ${turn} it is ${state}, as new it would be ${asNew}`);
      if (this.isBarrier || cls.staysOpen || turn === 1) continue;
      this.shut();
      this.wait();
      await this.queued(1);
      this.open();
      await this.allPass();
    }
    return true;
  }
}
