import { describe, expect, it } from 'vitest';

import { RtpClock } from './rtpclock';

describe('the clock of a session', () => {
  it('tells when a picture was taken, also around a wrap', () => {
    const clock = new RtpClock();
    expect(clock.at(0)).toBeNull();
    clock.take({ rtp: 4_294_967_206, utc: 1000, estimated: false });
    expect(clock.at(4_294_967_206)).toEqual({ utc: 1000, estimated: false });
    expect(clock.at(90 - 90)).toEqual({ utc: 1001, estimated: false });
    expect(clock.at(4_294_967_206 - 9000)?.utc).toBe(900);
  });

  it('passes over answers that are none, and takes for guessed what isn’t said', () => {
    const clock = new RtpClock();
    for (const wrong of [null, 'x', {}, { rtp: '1', utc: 2 }]) clock.take(wrong);
    expect(clock.at(0)).toBeNull();
    clock.take({ rtp: 0, utc: 5 });
    expect(clock.at(0)).toEqual({ utc: 5, estimated: true });
  });

  it('is asked for often until it is known, then seldom', () => {
    const clock = new RtpClock();
    expect([clock.isDue(0), clock.isDue(500), clock.isDue(1000)]).toEqual([true, false, true]);
    clock.take({ rtp: 0, utc: 0, estimated: false });
    expect([clock.isDue(2000), clock.isDue(11_000), clock.isDue(12_000)]).toEqual([true, false, true]);
  });
});
