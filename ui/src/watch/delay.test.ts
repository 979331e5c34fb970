import { describe, expect, it } from 'vitest';

import { DelayMeter, writeDelay } from './delay';

const exact = (utc: number) => ({ utc, estimated: false });

describe('the delay', () => {
  it('is the mean of what was just shown, on the server’s clock', () => {
    const meter = new DelayMeter();
    meter.shown(1000, exact(0));
    meter.shown(3000, exact(7400));
    meter.shown(3040, exact(7420));
    expect(meter.read(3050, { offset: 5000, error: 4 })).toEqual({ delay: 610, error: 4, estimated: false });
  });

  it('is not known without pictures, their time, or the server’s clock', () => {
    const meter = new DelayMeter();
    const offset = { offset: 0, error: 1 };
    expect(meter.read(0, offset)).toBeNull();
    meter.shown(1000, exact(500));
    expect(meter.read(1000, null)).toBeNull();
    expect(meter.read(2900, offset)?.delay).toBe(500);
    expect(meter.read(3100, offset)).toBeNull();
    meter.shown(4000, exact(3500));
    meter.shown(4033, null);
    expect(meter.read(4033, offset)).toBeNull();
  });

  it('is not known when pictures seem to come from the future', () => {
    const meter = new DelayMeter();
    meter.shown(1000, exact(1500));
    expect(meter.read(1000, { offset: 0, error: 20 })).toBeNull();
    meter.reset();
    meter.shown(1000, exact(1010));
    expect(meter.read(1000, { offset: 0, error: 20 })?.delay).toBe(0);
  });

  it('is marked when a stamp is a guess', () => {
    const meter = new DelayMeter();
    meter.shown(1000, { utc: 500, estimated: true });
    meter.shown(1010, exact(510));
    expect(meter.read(1010, { offset: 0, error: 1 })?.estimated).toBe(true);
  });

  it('is written with its error, never rounded down', () => {
    const delay = (d: number, error: number) => ({ delay: d, error, estimated: false });
    expect(writeDelay(delay(527, 1), 'en')).toBe('0.5 ± 0.1');
    expect(writeDelay({ ...delay(527, 1), estimated: true }, 'en')).toBe('0.5');
    expect(writeDelay(delay(1460, 101), 'zh-Hans')).toBe('1.5 ± 0.2');
  });
});
