import { describe, expect, it } from 'vitest';

import { languageTag, speaker } from '../words/language';
import type { Language } from '../words/words';
import { Calendar } from './calendar';

describe('a calendar', () => {
  const begins = Date.parse('2026-11-23T20:00:00Z');
  const hour = 3_600_000;
  const said = (language: Language, hoursBefore: number, timeZone = 'UTC', hourCycle: 'h12' | 'h23' = 'h23') => {
    const { what, values } = new Calendar(languageTag(language), { timeZone, hourCycle }).announce(
      begins,
      begins - hoursBefore * hour,
    );
    return speaker(language)(what, values);
  };

  it('tells the time today, and another day its date', () => {
    expect(said('en', 2)).toBe('The show begins at 20:00');
    expect(said('en', 20)).toBe('The show begins at 20:00');
    expect(said('en', 20.5)).toBe('The show begins on Monday, November 23 at 20:00');
    expect(said('zh', 2)).toBe('直播将于 20:00 开始');
    expect(said('zh', 48)).toBe('直播将于11月23日星期一 20:00 开始');
  });

  it('tells it in the viewer’s own time zone, as the device counts hours', () => {
    expect(said('zh', 2, 'Asia/Shanghai')).toBe('直播将于 04:00 开始');
    expect(said('en', 5, 'Asia/Shanghai')).toBe('The show begins on Tuesday, November 24 at 04:00');
    expect(said('en', 1, 'America/New_York', 'h12')).toMatch(/^The show begins at 3:00\sPM$/);
  });

  it('says that it is about to begin once its time is past, and that it begins soon when none is known', () => {
    expect(said('en', 0)).toBe('The show is about to begin');
    expect(said('en', -30)).toBe('The show is about to begin');
    expect(new Calendar('en').announce(null, begins).what).toBe('announced');
    expect(new Calendar('en').announce(begins, begins - 1).what).toMatch(/^begins/);
  });
});
