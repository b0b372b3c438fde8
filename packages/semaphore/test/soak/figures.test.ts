import { expect, test } from 'vitest';
import { Course } from './figures.mjs';

const LONG = 20 * 60_000;

function courseOf(rss: (at: number) => number, arena: (at: number) => number): Course {
  const course = new Course();
  for (let at = 0; at < 100; at++) course.add({ rss: rss(at), arena: arena(at) });
  return course;
}

test('a process that grows while it starts, and varies after that, is flat', () => {
  const course = courseOf(
    (at) => (at < 25 ? 100 + at : 140 + (at % 10)),
    (at) => (at < 20 ? 64 : 1024),
  );
  expect(course.complaints(LONG)).toEqual([]);
});

test('one that goes on growing is not', () => {
  const course = courseOf(
    (at) => 100 + at,
    (at) => (at < 90 ? 1024 : 2048),
  );
  expect(course.complaints(LONG)).toEqual([
    expect.stringMatching(/^RSS was 187.0 MB in the last quarter, above 150.7 MB/),
  ]);
});

test('nor is one whose arena grew for good', () => {
  const course = courseOf(
    () => 100,
    (at) => (at < 60 ? 1024 : 2048),
  );
  expect(course.complaints(LONG)).toEqual([expect.stringContaining('the arena grew from 1024 kB')]);
});

test('of two minutes and less it says nothing', () => {
  expect(
    courseOf(
      (at) => 100 + at,
      () => 64,
    ).complaints(60_000),
  ).toEqual([]);
});
