import { describe, expect, it } from 'vitest';

import { bestOffset, parseTime } from './clock';

describe('the offset to the server’s clock', () => {
  it('is that of the quickest round trip, wrong by half of it at most', () => {
    const trips = [
      { sent: 1000, received: 1080, server: 6070 },
      { sent: 2000, received: 2010, server: 7004 },
      { sent: 3000, received: 3200, server: 8000 },
    ];
    expect(bestOffset(trips)).toEqual({ offset: 4999, error: 5 });
  });

  it('is not known without a usable round trip', () => {
    expect(bestOffset([])).toBeNull();
    expect(bestOffset([{ sent: 0, received: 10, server: Number.NaN }])).toBeNull();
    expect(bestOffset([{ sent: 10, received: 0, server: 5 }])).toBeNull();
  });

  it('holds the truth whatever the two ways of the trip take', () => {
    for (const [there, back] of [[1, 40], [40, 1], [20, 20], [0, 0]] as const) {
      const truth = -123_456;
      const found = bestOffset([{ sent: 500, received: 500 + there + back, server: 500 + there + truth }]);
      expect(Math.abs((found?.offset ?? 0) - truth)).toBeLessThanOrEqual(found?.error ?? -1);
    }
  });
});

describe('the server’s time', () => {
  it('is read to the microsecond', () => {
    expect(parseTime('2026-11-21T07:59:59.123456Z')).toBeCloseTo(Date.UTC(2026, 10, 21, 7, 59, 59) + 123.456, 3);
    expect(parseTime('2026-11-21T07:59:59Z\n')).toBe(Date.UTC(2026, 10, 21, 7, 59, 59));
  });

  it('is nothing else', () => {
    for (const text of ['', '2026-11-21', '<html>', '2026-11-21T07:59:59.1+01:00', '2026-99-21T07:59:59Z']) {
      expect(parseTime(text)).toBeNaN();
    }
  });
});
