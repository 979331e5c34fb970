import { describe, expect, it } from 'vitest';

import { atEase } from './bridge/twin/machine';
import { picture } from './bridge/twin/show';
import { culpritOf, givesUpMore, percentOf, slowness, sparedOf, SteadyCulprit } from './machine';

const busy = (name: string, cpu: number) => ({ ...atEase, busiest: { name, cpu } });

describe('another program', () => {
  it('is named where it uses a tenth of this computer or more', () => {
    expect(culpritOf(busy('chrome', 0.45))).toEqual({ name: 'chrome', percent: 45 });
    expect(culpritOf(busy('chrome', 0.1))?.percent).toBe(10);
    expect(culpritOf(busy('chrome', 0.09))).toBeNull();
    expect([culpritOf({ ...atEase, busiest: null }), culpritOf(undefined)]).toEqual([null, null]);
  });

  it('is spoken of anew only when it is another', () => {
    const steady = new SteadyCulprit();
    const seen = [busy('chrome', 0.45), busy('chrome', 0.52), busy('game', 0.3), busy('game', 0.01), busy('game', 0.2)];
    expect(seen.map((machine) => steady.of(machine)?.percent ?? null)).toEqual([45, 45, 30, null, 20]);
  });
});

describe('what is given up for the show', () => {
  it('is more with each step', () => {
    expect(givesUpMore('nothing', 'preview_slow')).toBe(true);
    expect(givesUpMore('preview_slow', 'filters')).toBe(true);
    expect(givesUpMore('filters', 'preview_still')).toBe(false);
    expect(givesUpMore('nothing', 'nothing')).toBe(false);
  });

  it('is noted, each with what was given up before it', () => {
    const phrases = (shed: typeof atEase.shed) => sparedOf({ ...atEase, shed }).map(({ phrase }) => phrase);
    expect([phrases('nothing'), sparedOf(undefined)]).toEqual([[], []]);
    expect([phrases('preview_slow'), phrases('preview_still')]).toEqual([['sparedPreview'], ['sparedPreview']]);
    expect(phrases('filters')).toEqual(['sparedPreview', 'sparedFilters']);
  });
});

describe('a camera', () => {
  const host = { ...picture('Host'), rate: 15, wanted_rate: 29.97 };

  it('is slow where it delivers less than seven tenths of what it was asked for', () => {
    expect(slowness(host)).toEqual({ rate: 15, wanted: 30 });
    expect(slowness({ ...host, rate: 21.5 })).toBeNull();
    expect(slowness({ ...host, wanted_rate: 15 })).toBeNull();
  });

  it('is not, where that is unknown or nothing comes at all', () => {
    expect([slowness({ ...host, rate: null }), slowness({ ...host, wanted_rate: null }), slowness({ ...host, live: false })]).toEqual([null, null, null]);
  });
});

it('a share is told in whole percent', () => {
  expect([0, 0.274, 0.996, 1.2, -1].map(percentOf)).toEqual([0, 27, 100, 100, 0]);
});
