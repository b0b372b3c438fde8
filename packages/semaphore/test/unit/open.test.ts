import { Barrier, Condition, Event, inspect, Latch, Mutex, RwLock, Semaphore, Signal } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { coded } from '../support/errors.js';

const wrongType = coded('ERR_INVALID_ARG_TYPE');
const outOfRange = coded('ERR_OUT_OF_RANGE');
const mismatch = coded('ERR_OPEN_MISMATCH');

/** A way to open each class, others that differ from it, and how an error says them. */
const classes = {
  Semaphore: {
    open: (name: string) => Semaphore.open(name, 4),
    differs: {
      'Semaphore of 5, not fair': (name: string) => Semaphore.open(name, 5),
      'Semaphore of 4, fair': (name: string) => Semaphore.open(name, 4, { fair: true }),
      'Semaphore of 4, not fair, maxWaiting 2': (name: string) => Semaphore.open(name, 4, { maxWaiting: 2 }),
      'Semaphore of 4, not fair, aging 50': (name: string) => Semaphore.open(name, 4, { aging: 50 }),
      'Semaphore of 4, not fair, aging Infinity': (name: string) => Semaphore.open(name, 4, { aging: Infinity }),
      'Semaphore of 4, max 9, not fair': (name: string) => Semaphore.open(name, 4, { max: 9 }),
    },
    says: 'Semaphore of 4, not fair',
  },
  Mutex: {
    open: (name: string) => Mutex.open(name),
    differs: {
      'Mutex, fair': (name: string) => Mutex.open(name, { fair: true }),
      'Mutex, not fair, aging 50': (name: string) => Mutex.open(name, { aging: 50 }),
    },
    says: 'Mutex, not fair',
  },
  RwLock: {
    open: (name: string) => RwLock.open(name, { fair: true }),
    differs: { 'RwLock, not fair': (name: string) => RwLock.open(name) },
    says: 'RwLock, fair',
  },
  Condition: {
    open: (name: string) => Condition.open(name, Mutex.open(`${name} mutex`)),
    differs: {
      'Condition over Mutex "another"': (name: string) => Condition.open(name, Mutex.open('another')),
    },
    says: 'Condition over Mutex ',
  },
  Signal: {
    open: (name: string) => Signal.open(name),
    differs: { 'Signal with 2 from the start': (name: string) => Signal.open(name, 2) },
    says: 'Signal with 0 from the start',
  },
  Event: {
    open: (name: string) => Event.open(name, { autoReset: true }),
    differs: {
      'Event without autoReset, not set from the start': (name: string) => Event.open(name),
      'Event with autoReset, set from the start': (name: string) => Event.open(name, { autoReset: true, set: true }),
    },
    says: 'Event with autoReset, not set from the start',
  },
  Latch: {
    open: (name: string) => Latch.open(name, 3),
    differs: { 'Latch of 2': (name: string) => Latch.open(name, 2) },
    says: 'Latch of 3',
  },
  Barrier: {
    open: (name: string) => Barrier.open(name, 2),
    differs: { 'Barrier of 3': (name: string) => Barrier.open(name, 3) },
    says: 'Barrier of 2',
  },
};
const rows = Object.entries(classes);

describe.each(rows)('%s.open', (kind, { open, differs, says }) => {
  test('gives the same object under the same name, and another under another', () => {
    const name = `one ${kind}`;
    const [one, two, other] = [open(name), open(name), open(`other ${kind}`)];
    expect(two.handle).toEqual(one.handle);
    expect(other.handle.cell).not.toBe(one.handle.cell);
    expect([one.name, `${one}`]).toEqual([name, `${kind} "${name}"`]);
    expect(inspect().filter((each) => each.kind === kind && each.name === name)).toHaveLength(1);
    one.close();
    expect([two.closed, other.closed]).toEqual([true, false]);
  });

  test('refuses an object that was made otherwise, and says both', () => {
    const name = `differs ${kind}`;
    const object = open(name);
    for (const [asked, openOtherwise] of Object.entries(differs)) {
      expect(() => openOtherwise(name)).toThrow(mismatch);
      expect(() => openOtherwise(name)).toThrow(`The name "${name}" is open as a ${says}`);
      expect(() => openOtherwise(name)).toThrow(`asks for a ${asked}.`);
    }
    expect(object.closed).toBe(false);
  });

  test('refuses an object of another class', () => {
    const name = `no other than ${kind}`;
    const object = open(name);
    for (const [other, { open: openOther }] of rows.filter(([each]) => each !== kind)) {
      expect(() => openOther(name), other).toThrow(mismatch);
    }
    expect(object.closed).toBe(false);
  });

  test('lets go at the end of a `using` block, and makes a new one when it was the last', () => {
    const name = `life of ${kind}`;
    const first = open(name);
    {
      using second = open(name);
      expect(second.handle).toEqual(first.handle);
    }
    expect(first.closed).toBe(false);
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    expect(first.closed).toBe(true);
    expect(inspect().some((each) => each.kind === kind && each.name === name)).toBe(false);
    const third = open(name);
    expect(third.closed).toBe(false);
    expect(third.handle).not.toEqual(first.handle);
    third[Symbol.dispose]();
  });
});

const attachOnly = {
  Semaphore: [() => Semaphore.open('only Semaphore'), () => Semaphore.open('only Semaphore', 0)],
  Condition: [() => Condition.open('only Condition'), () => Condition.open('only Condition', Mutex.open('only mutex'))],
  Latch: [() => Latch.open('only Latch'), () => Latch.open('only Latch', 1)],
  Barrier: [() => Barrier.open('only Barrier'), () => Barrier.open('only Barrier', 1)],
} as const;

test.each(Object.entries(attachOnly))('%s.open without numbers attaches, and makes nothing', (kind, [attach, make]) => {
  expect(attach).toThrow(coded('ERR_NOT_FOUND'));
  expect(attach).toThrow(`${kind} "only ${kind}"`);
  const made = make();
  expect(attach().handle).toEqual(made.handle);
  const other = kind === 'Latch' ? Barrier : Latch;
  expect(() => other.open(`only ${kind}`)).toThrow(mismatch);
});

test('names are compared by their code units, and are what they were', () => {
  const names = [
    '',
    'x'.repeat(126),
    'x'.repeat(127),
    'x'.repeat(128),
    '\0',
    'a\0b',
    'a',
    'A',
    'é',
    'e\u0301',
    '\ud800',
    '\udc00',
    '\ufffd',
    '😀',
  ];
  const objects = names.map((name) => Mutex.open(name));
  expect(new Set(objects.map(({ handle }) => handle.cell)).size).toBe(names.length);
  expect(objects.map(({ name }) => name)).toEqual(names);
  for (const [i, name] of names.entries()) {
    expect(Mutex.open(name).handle).toEqual(objects[i]?.handle);
    expect(Mutex.from(structuredClone(objects[i] as Mutex)).name).toBe(name);
  }
});

test('a name has at most 1,024 bytes', () => {
  for (const name of ['x'.repeat(1024), 'é'.repeat(512), '\ud800'.repeat(341)])
    expect(Mutex.open(name).name).toBe(name);
  for (const name of ['x'.repeat(1025), 'é'.repeat(513), '\ud800'.repeat(342)]) {
    expect(() => Mutex.open(name)).toThrow(outOfRange);
  }
});

test('arguments are checked', () => {
  for (const name of [undefined, null, 7, {}, Symbol('s')]) expect(() => Mutex.open(name as never)).toThrow(wrongType);
  const { open } = Semaphore;
  expect(() => open('bad', '4' as never)).toThrow(wrongType);
  expect(() => open('bad', -1)).toThrow(outOfRange);
  expect(() => open('bad', undefined, { fair: true })).toThrow(wrongType);
  expect(() => open('bad', 1, 7 as never)).toThrow(wrongType);
  const value = coded('ERR_INVALID_ARG_VALUE');
  expect(() => open('bad', 1, { name: 'label' } as never)).toThrow(value);
  expect(() => open('bad', 1, { bell: new Event({ autoReset: true }) } as never)).toThrow(value);
  expect(() => Condition.open('bad', new Mutex())).toThrow(value);
  expect(() => Condition.open('bad', {} as never)).toThrow(wrongType);
  expect(inspect().filter(({ name }) => name === 'bad')).toEqual([]);
});

test('what an object has become since it was made is no disagreement', () => {
  const semaphore = Semaphore.open('grown', 1);
  semaphore.grow(2);
  expect(Semaphore.open('grown', 1).permits).toBe(3);
  const signal = Signal.open('posted', 1);
  signal.post(2);
  expect(Signal.open('posted', 1).takeAll()).toBe(3);
});

test('a `name` given to a constructor is a label: it finds nothing and is found by nobody', () => {
  const labelled = new Mutex({ name: 'label' });
  const named = Mutex.open('label');
  const guard = labelled.lockSync();
  named.lockSync().unlock();
  guard.unlock();
});
