import { describe, expect, it } from 'vitest';

import type { Advice, Limits } from './bridge/bindings';
import { adviceOf, limitsOf, listed, platformOf, platforms, recommended } from './platforms';

const plain: Limits = {};

describe('platforms', () => {
  it('are listed all, as people of the language look for them', () => {
    for (const language of ['en', 'zh'] as const) {
      const names = listed(language).map(({ name }) => name[language]);
      expect(names).toHaveLength(platforms.length);
      expect(names).toEqual(names.toSorted(new Intl.Collator(language).compare));
    }
  });

  it('are found by their id', () => {
    expect(platformOf('twitch')?.servers[0]).toBe('rtmps://live.twitch.tv/app');
    expect([platformOf('nobody'), platformOf(null), platformOf(undefined)]).toEqual([null, null, null]);
  });

  it('recommend by the shorter side, and nothing where they say nothing', () => {
    const limits = { ...plain, recommended_720p30_kbps: 2500, recommended_1080p30_kbps: 4000 };
    expect(recommended(limits, { width: 1280, height: 720 })).toBe(2500);
    expect(recommended(limits, { width: 1080, height: 1920 })).toBe(4000);
    expect(recommended({ ...plain, recommended_720p30_kbps: 2500 }, { width: 1920, height: 1080 })).toBe(2500);
    expect(recommended(plain, { width: 1280, height: 720 })).toBeNull();
  });

  it('say what they take as far as it is known', () => {
    const limits = { ...plain, video_kbps: 6000, long_side: 1920, short_side: 1080, fps: 60, hours: 8, portrait: true };
    const said = limitsOf(limits).map(({ phrase }) => phrase);
    expect(said).toEqual(['limitVideo', 'limitSize', 'limitRate', 'limitHours', 'limitPortrait']);
    expect(limitsOf(plain)).toEqual([]);
  });

  it('have a sentence for each thing that they may not take', () => {
    const of = (exceeded: Advice['exceeded']) => adviceOf({ exceeded, has: 8000, most: 6000 });
    expect(of('video')).toEqual({ phrase: 'adviceVideo', values: { has: '8.0', most: '6.0' } });
    const others = (['audio', 'size', 'rate', 'landscape'] as const).map((exceeded) => of(exceeded).phrase);
    expect(others).toEqual(['adviceSound', 'adviceSize', 'adviceRate', 'adviceLandscape']);
  });
});
