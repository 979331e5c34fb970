import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Back } from './bridge/bindings';
import { fullShow } from './bridge/twin/show';
import { COMEBACK_FOR, Comeback, comebackPhrase } from './comeback.svelte';

const again: Back = { live: true };
const idle: Back = { live: false };
const kept: Back = { live: false, failure: { code: 'key.locked', sentence: 'the keyring is locked' } };
const live = { ...fullShow(), live: { seconds: 1 } };

function heard(back: Back): Comeback {
  const comeback = new Comeback();
  comeback.hear(back);
  return comeback;
}

describe('a studio that came back', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is on the air again, or not', () => {
    expect([again, idle, kept].map(comebackPhrase)).toEqual(['comebackLive', 'comebackOff', 'comebackOff']);
    expect(comebackPhrase({ ...kept, live: true })).toBe('comebackOff');
  });

  it('is said for a minute', () => {
    const comeback = heard(again);
    vi.advanceTimersByTime(COMEBACK_FOR - 1);
    expect(comeback.said).toEqual(again);
    vi.advanceTimersByTime(1);
    expect(comeback.said).toBeNull();
  });

  it('is not said again once it was hidden, but a failure is', () => {
    const comeback = heard(again);
    comeback.hide();
    comeback.hear({ ...again });
    expect(comeback.said).toBeNull();
    comeback.hear(kept);
    expect(comeback.said).toEqual(kept);
  });

  it('has a minute for a failure too, from when it is told', () => {
    const comeback = heard(again);
    vi.advanceTimersByTime(COMEBACK_FOR / 2);
    comeback.hear(kept);
    vi.advanceTimersByTime(COMEBACK_FOR - 1);
    expect(comeback.said).toEqual(kept);
  });

  it('is no longer off the air once the seller goes live', () => {
    const comeback = heard(kept);
    comeback.check(null, fullShow());
    expect(comeback.said).toEqual(kept);
    comeback.check(fullShow(), live);
    expect(comeback.said).toBeNull();
  });

  it('goes on the air again until the show has ended', () => {
    const comeback = heard(again);
    comeback.check(null, fullShow());
    comeback.check(fullShow(), live);
    expect(comeback.said).toEqual(again);
    comeback.check(live, fullShow());
    expect(comeback.said).toBeNull();
  });

  it('is over with the show it came back with', () => {
    const comeback = heard(idle);
    comeback.hear(null);
    expect(comeback.said).toBeNull();
  });
});
