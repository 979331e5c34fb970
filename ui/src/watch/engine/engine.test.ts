import { describe, expect, it } from 'vitest';

import { behindHole } from './engine';

function ranges(...pairs: [number, number][]): TimeRanges {
  const side = (which: 0 | 1) => (index: number) => pairs[index]?.[which] ?? Number.NaN;
  return { length: pairs.length, start: side(0), end: side(1) };
}

describe('a hole in what has arrived', () => {
  const holed = ranges([0, 2], [4, 10], [10.5, 12]);

  it('is passed when the picture comes to it or stands before it', () => {
    expect([1.95, 2, 3].map((at) => behindHole(holed, at))).toEqual([4.01, 4.01, 4.01]);
    expect(behindHole(holed, 9.95)).toBe(10.51);
  });

  it('is left alone while there is something to play before it', () => {
    for (const at of [0, 1.5, 4, 4.01, 9, 10.5, 11, 12]) expect(behindHole(holed, at)).toBeNull();
  });

  it('is not what has not arrived yet', () => {
    expect(behindHole(ranges(), 0)).toBeNull();
    expect(behindHole(ranges([1, 2]), 0)).toBeNull();
    expect(behindHole(ranges([1, 2]), 2)).toBeNull();
  });
});
