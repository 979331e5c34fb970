import { describe, expect, it } from 'vitest';

import { FIRST_TARGET, Pace, type Step } from './pace';

const TICK = 100;

/** Plays for `seconds` against a source that sends in real time; answers the media ahead after each step. */
function play(pace: Pace, from: number, ahead: number, seconds: number) {
  const steps: (Step & { ahead: number })[] = [];
  for (let now = from; now < from + seconds * 1000; now += TICK) {
    const step = pace.step(now, ahead);
    ahead = step.jumpTo ?? ahead + (TICK / 1000) * (1 - step.rate);
    steps.push({ ...step, ahead });
  }
  return steps;
}

describe('the pace', () => {
  it('jumps at once to the live edge on a new connection', () => {
    const pace = new Pace();
    pace.connected();
    expect(pace.step(0, 2.1)).toEqual({ rate: 1, jumpTo: FIRST_TARGET });
    expect(pace.step(TICK, FIRST_TARGET)).toEqual({ rate: 1, jumpTo: null });
  });

  it('plays a surplus off a little faster and stops at the target', () => {
    const pace = new Pace();
    play(pace, 0, FIRST_TARGET, 1);
    const steps = play(pace, 1000, 1.2, 20);
    expect(steps.every(({ rate, jumpTo }) => rate <= 1.1 && jumpTo === null)).toBe(true);
    expect(steps.at(-1)?.rate).toBe(1);
    expect(steps.at(-1)?.ahead).toBeGreaterThan(FIRST_TARGET - 0.05);
    expect(steps.at(-1)?.ahead).toBeLessThan(FIRST_TARGET + 0.12);
  });

  it('minds no burst', () => {
    const pace = new Pace();
    play(pace, 0, FIRST_TARGET, 1);
    for (let i = 0; i < 50; i++) {
      const ahead = i % 5 === 0 ? FIRST_TARGET : FIRST_TARGET + 0.5;
      expect(pace.step(1000 + i * TICK, ahead)).toEqual({ rate: 1, jumpTo: null });
    }
  });

  it('jumps over what is far behind', () => {
    const pace = new Pace();
    play(pace, 0, FIRST_TARGET, 1);
    expect(play(pace, 2000, 8, 0.1)[0]?.jumpTo).toBe(FIRST_TARGET);
  });

  it('slows a little before it runs dry', () => {
    expect(new Pace().step(0, 0.1)).toEqual({ rate: 0.95, jumpTo: null });
  });

  it('asks for more after each stall, within bounds, and for less after a calm', () => {
    const pace = new Pace();
    pace.stalled(0);
    expect(pace.target).toBeCloseTo(FIRST_TARGET * 1.5);
    for (let i = 0; i < 20; i++) pace.stalled(i);
    expect(pace.target).toBe(2.5);
    play(pace, 20, 2.5, 19);
    expect(pace.target).toBe(2.5);
    play(pace, 19_500, 2.5, 30);
    expect(pace.target).toBeLessThan(2.5);
    play(pace, 50_000, 2.5, 900);
    expect(pace.target).toBe(FIRST_TARGET);
  });
});
