import { expect, test } from 'vitest';

import { Wake } from './wake';

test('a device slept when the time of day went on without the page', () => {
  const wake = new Wake();
  expect(wake.look(0, 1_000_000)).toBe(false);
  expect(wake.look(100, 1_000_100)).toBe(false);
  // A tab in the background is looked at once a minute, and didn't sleep.
  expect(wake.look(60_100, 1_060_110)).toBe(false);
  expect(wake.look(60_200, 1_960_210)).toBe(true);
  expect(wake.look(60_300, 1_960_310)).toBe(false);
});

test('a clock that is set back is noticed too, one that drifts is not', () => {
  const wake = new Wake();
  expect(wake.look(0, 5_000)).toBe(false);
  expect(wake.look(100, 3_100)).toBe(true);
  for (let second = 1; second < 100; second++) expect(wake.look(100 + second * 1000, 3_100 + second * 1001)).toBe(false);
});
