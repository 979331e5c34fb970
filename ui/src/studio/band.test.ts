import { describe, expect, it } from 'vitest';

import { bandOf } from './band';
import type { Warning } from './bridge/bindings';
import { fullShow } from './bridge/twin/show';

const warning = (place: string): Warning => ({
  place,
  diagnosis: { cause: 'line.full', side: 'uplink', advice: 'Do something.', seconds: 1 },
  bad: false,
});
const better = { level: 'good', code: 'health.better', subject: 'Shop', sentence: 'x' } as const;

describe('the band below the top bar', () => {
  it('is not there while all is well', () => {
    expect(bandOf(fullShow())).toBeNull();
    expect(bandOf({ ...fullShow(), warnings: [] })).toBeNull();
  });

  it('says the worst warning, and how many more there are', () => {
    const warnings = [warning('Shop'), warning('Other'), warning('Third')];
    expect(bandOf({ ...fullShow(), warnings })).toEqual({ says: 'warning', warning: warnings[0], more: 2 });
  });

  it('says that a place is better again once no warning stands', () => {
    expect(bandOf({ ...fullShow(), health: better })).toEqual({ says: 'better', place: 'Shop' });
    expect(bandOf({ ...fullShow(), health: better, warnings: [warning('Other')] })?.says).toBe('warning');
  });
});
