import { expect, test } from 'vitest';

import { beginning } from './beginning';

/** Segments of two seconds in six parts, the last with so many, from 10 s on. */
const parts = (segments: number, last: number) =>
  Array.from({ length: (segments - 1) * 6 + last }, (_, n) => ({ start: 10 + n / 3, independent: n % 6 === 0 }));

test('it is the newest key frame with something behind it', () => {
  expect(beginning(parts(2, 3), 13)).toBeCloseTo(12);
  expect(beginning(parts(2, 2), 12.67)).toBeCloseTo(12);
  expect(beginning(parts(2, 1), 12.33)).toBeCloseTo(10);
});

test('without a key frame in the list the player decides', () => {
  expect(beginning([], 13)).toBeNull();
  expect(beginning([{ start: 12, independent: false }], 13)).toBeNull();
  expect(beginning(parts(1, 1), 10.33)).toBeNull();
});
