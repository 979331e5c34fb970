import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { REST_AFTER, Rest } from './rest';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('who moves nothing for a while only watches, until the next movement', () => {
  const told: boolean[] = [];
  const rest = new Rest((rests) => told.push(rests));
  rest.stir();
  vi.advanceTimersByTime(REST_AFTER - 1);
  rest.stir();
  vi.advanceTimersByTime(REST_AFTER - 1);
  expect(told).toEqual([false, false]);
  vi.advanceTimersByTime(1);
  expect(told.at(-1)).toBe(true);
  rest.stir();
  expect(told.at(-1)).toBe(false);
  rest.stop();
  vi.advanceTimersByTime(REST_AFTER * 2);
  expect(told.at(-1)).toBe(false);
});
