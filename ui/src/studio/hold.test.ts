import { describe, expect, it } from 'vitest';

import { HOLD, Hold } from './hold';

describe('a button that is held', () => {
  it.each(['pointer', 'key'] as const)('acts after a second, once, held by a %s', (by) => {
    const hold = new Hold();
    hold.press(by, 100);
    expect([hold.due(100 + HOLD - 1), hold.due(100 + HOLD), hold.due(100 + 2 * HOLD)]).toEqual([false, true, false]);
    expect(hold.release()).toBeNull();
  });

  it('says how, when a pointer lets go too early', () => {
    const hold = new Hold();
    hold.press('pointer', 0);
    expect(hold.release()).toBe('hint');
    expect(hold.click()).toBeNull();
    expect(hold.due(5000)).toBe(false);
  });

  it('asks, when a key is pressed too short', () => {
    const hold = new Hold();
    hold.press('key', 0);
    expect([hold.release(), hold.release()]).toEqual(['confirm', null]);
  });

  it('asks, when a screen reader clicks', () => {
    const hold = new Hold();
    expect(hold.click()).toBe('confirm');
    hold.press('key', 0);
    hold.due(HOLD);
    expect(hold.click()).toBe('confirm');
  });

  it('forgets a press whose pointer went away', () => {
    const hold = new Hold();
    hold.press('pointer', 0);
    hold.cancel();
    expect([hold.holding, hold.due(HOLD), hold.release()]).toEqual([false, false, null]);
    expect(hold.click()).toBe('confirm');
  });

  it('counts from the first press', () => {
    const hold = new Hold();
    hold.press('key', 0);
    hold.press('pointer', 900);
    expect(hold.due(HOLD)).toBe(true);
  });
});
