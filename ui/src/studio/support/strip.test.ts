import { describe, expect, it } from 'vitest';

import type { Strength } from '../bridge/bindings';
import { forms, occurring, runsOf, sumUpStrip } from './strip';

const times = [454, 456, 458, 460, 462];
const strengths: Strength[] = ['strong', 'broken', 'broken', 'strong', 'weak'];

describe('the strip below a graph', () => {
  it('joins stretches that are alike, and paints the worst last', () => {
    expect(runsOf(times, 2, strengths)).toEqual([
      { strength: 'strong', from: 454, until: 456 },
      { strength: 'strong', from: 460, until: 462 },
      { strength: 'weak', from: 462, until: 464 },
      { strength: 'broken', from: 456, until: 460 },
    ]);
    expect(runsOf([], 1, [])).toEqual([]);
  });

  it('tells strengths apart without colour', () => {
    const looks = Object.values(forms).map(({ height, dash }) => `${height} ${dash.join(' ')}`);
    expect(new Set(looks).size).toBe(looks.length);
  });

  it('is explained by those that occur, the best first', () => {
    expect(occurring(strengths)).toEqual(['strong', 'weak', 'broken']);
    expect(occurring([])).toEqual([]);
  });

  it('is summed up over the time that is known', () => {
    expect(sumUpStrip(2, strengths)).toEqual({ strong: 40, broken: 4 });
    expect(sumUpStrip(1, ['unknown', 'strong'])).toEqual({ strong: 100, broken: 0 });
    expect(sumUpStrip(1, [...Array<Strength>(299).fill('strong'), 'weak'])).toEqual({ strong: 99, broken: 0 });
    expect(sumUpStrip(1, ['unknown'])).toBeNull();
  });
});
