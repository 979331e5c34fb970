import { describe, expect, it } from 'vitest';

import { Measure, readable, Spread } from './measure';

const header = (on_air: string, n = 1) => ({ n, l: 1, tick: n, on_air, covered: false, width: 16, height: 16, tiles: [] });

describe('how late a timer is', () => {
  it('is told by quantiles', () => {
    const spread = new Spread();
    for (let n = 0; n < 990; n++) spread.add(0.4);
    for (let n = 0; n < 10; n++) spread.add(42.5);
    expect(spread.read()).toEqual({ beats: 1000, p50: 1, p99: 1, p999: 42.5, max: 42.5 });
  });

  it('is nothing while nothing was measured', () => {
    expect(new Spread().read()).toEqual({ beats: 0, p50: 0, p99: 0, p999: 0, max: 0 });
  });

  it('is never less than nothing, and keeps the largest', () => {
    const spread = new Spread();
    for (const ms of [-3, 5000]) spread.add(ms);
    expect([spread.quantile(0.5), spread.read().max]).toEqual([0, 5000]);
  });
});

describe('a click', () => {
  it('lasts until the first picture of its scene', () => {
    const measure = new Measure();
    measure.drawn(header('a'), 100, 0, 1);
    measure.clicked('b', 1000);
    measure.drawn(header('a', 2), 100, 1010, 1012);
    measure.drawn(header('b', 3), 100, 1070, 1075);
    measure.drawn(header('b', 4), 100, 1100, 1105);
    expect(measure.clicks).toEqual([{ scene: 'b', ms: 75 }]);
  });

  it('on what is on air already measures nothing, nor does one overtaken by another', () => {
    const measure = new Measure();
    measure.drawn(header('a'), 100, 0, 1);
    measure.clicked('a', 10);
    measure.drawn(header('a'), 100, 20, 21);
    measure.clicked('b', 30);
    measure.clicked('c', 40);
    measure.drawn(header('b'), 100, 50, 51);
    measure.drawn(header('c'), 100, 60, 61);
    expect(measure.clicks).toEqual([{ scene: 'c', ms: 21 }]);
  });

  it('and the pictures are read by tests', () => {
    const measure = new Measure();
    for (let n = 1; n <= 40; n++) measure.drawn(header('a', n), 100, n * 50, n * 50 + 2);
    expect(measure.fps(2002)).toBe(20);
    expect([readable(measure).drawn, readable(measure).header?.n]).toEqual([40, 40]);
    measure.reset();
    expect(readable(measure).heartbeat.beats).toBe(0);
  });
});
