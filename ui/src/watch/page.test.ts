import { describe, expect, it } from 'vitest';

import { parseAddress, places } from './address';
import { type Beat, Reporter, makeBeat, newSid } from './beats';
import { chooseWays } from './engine/choice';
import { type Shown, messageFor } from './message';
import { readStatus } from './status';

describe('the address', () => {
  const parse = (path: string) => parseAddress(new URL(path, 'http://example.net'));

  it('names the show, and what the link forces', () => {
    expect(parse('/watch/spring?via=ll-hls&lang=zh')).toEqual({ show: 'spring', via: 'll-hls', language: 'zh' });
    expect(parse('/watch/spring/')).toEqual({ show: 'spring', via: null, language: null });
    expect(parse('/watch/%E6%96%B0%E5%93%81?via=carrier-pigeon')?.show).toBe('新品');
  });

  it('is refused when it names none', () => {
    for (const path of ['/watch/', '/watch', '/watch/a/b', '/other/a', '/watch/%E6%96']) expect(parse(path)).toBeNull();
  });

  it('leads to places where a name can’t break out of its path', () => {
    expect(places('a/../b?c').flv).toBe('/live/a%2F..%2Fb%3Fc.flv');
    expect(places('spring')).toEqual({
      status: '/live/spring/status',
      flv: '/live/spring.flv',
      hls: '/live/spring/index.m3u8',
      beat: '/watch/spring/beat',
      time: '/time',
    });
  });
});

describe('the ways', () => {
  it('are what the browser can do, the least delay first', () => {
    expect(chooseWays(null, { mediaSource: true, nativeHls: true })).toEqual(['flv', 'll-hls', 'native']);
    expect(chooseWays(null, { mediaSource: false, nativeHls: true })).toEqual(['native']);
    expect(chooseWays(null, { mediaSource: false, nativeHls: false })).toEqual([]);
  });

  it('are what the link forces', () => {
    expect(chooseWays('flv', { mediaSource: true, nativeHls: true })).toEqual(['flv']);
    expect(chooseWays('ll-hls', { mediaSource: true, nativeHls: false })).toEqual(['ll-hls']);
  });
});

describe('the message', () => {
  const phases: Shown[] = ['opening', 'waiting', 'stalled', 'interrupted', 'unreachable', 'unsupported', 'badLink'];

  it('gives a reason whenever there is no moving picture, a different one each', () => {
    const reasons = phases.map((phase) => messageFor(phase, true)?.what);
    expect(new Set(reasons).size).toBe(phases.length);
    expect(reasons).not.toContain(undefined);
    expect(messageFor('playing', true)).toBeNull();
  });

  it('names the device’s own connection when that is what is missing', () => {
    expect(messageFor('unreachable', false)?.what).toBe('offline');
    expect(messageFor('playing', false)).toBeNull();
    expect(messageFor('badLink', false)?.what).toBe('badLink');
  });
});

describe('the status', () => {
  it('is read; what the server does not vouch for is a guess', () => {
    expect(readStatus({ live: true })).toEqual({ live: true, estimated: true });
    expect(readStatus({ live: false, estimated: false })).toEqual({ live: false, estimated: false });
    for (const wrong of [null, [], 'live', {}, { live: 1 }]) expect(readStatus(wrong)).toBeNull();
  });
});

describe('reports', () => {
  const state = { protocol: 'flv', sinceOpen: 812.4, delay: null, position: 1.25 } as const;

  it('are what the server reads', () => {
    expect(makeBeat('a1', 'first_frame', state)).toEqual<Beat>({
      sid: 'a1',
      event: 'first_frame',
      protocol: 'flv',
      since_open_ms: 812,
      delay_ms: null,
      delay_error_ms: null,
      estimated: false,
      position_ms: 1250,
    });
    const delay = { delay: 527.4, error: 0.75, estimated: true };
    expect(makeBeat('a1', 'beat', { ...state, delay })).toMatchObject({
      delay_ms: 527,
      delay_error_ms: 1,
      estimated: true,
    });
  });

  it('go out twice a second at most', () => {
    const sent: Beat[] = [];
    const reporter = new Reporter((beat) => sent.push(beat), 'a1');
    expect([0, 10, 20, 999, 1000, 1005].map((now) => reporter.report('stall', now, state))).toEqual([
      true, true, false, false, true, false,
    ]);
    expect(sent).toHaveLength(3);
  });

  it('bear a name that says nothing', () => {
    expect(newSid()).toMatch(/^[0-9a-f]{32}$/);
    expect(newSid()).not.toBe(newSid());
  });
});
