import { render } from 'svelte/server';
import { describe, expect, it } from 'vitest';

import { speaker } from '../words/language';
import Message from './Message.svelte';
import { parseAddress, places } from './address';
import { type Beat, Reporter, makeBeat, newSid } from './beats';
import { Choice, type Reasons, chooseWays } from './engine/choice';
import { type Shown, messageFor } from './message';
import { readStatus } from './status';
import { firstWish, keepWish } from './wish';

describe('the address', () => {
  const parse = (path: string) => parseAddress(new URL(path, 'http://example.net'));

  it('names the show, and what the link forces', () => {
    expect(parse('/watch/spring?via=ll-hls&lang=zh')).toEqual({ show: 'spring', via: 'll-hls', language: 'zh' });
    expect(parse('/watch/spring/')).toEqual({ show: 'spring', via: null, language: null });
    expect(parse('/watch/spring?via=whep')?.via).toBe('whep');
    expect(parse('/watch/%E6%96%B0%E5%93%81?via=carrier-pigeon')?.show).toBe('新品');
  });

  it('is refused when it names none', () => {
    for (const path of ['/watch/', '/watch', '/watch/a/b', '/other/a', '/watch/%E6%96']) expect(parse(path)).toBeNull();
  });

  it('leads to places where a name can’t break out of its path', () => {
    expect(places('a/../b?c').flv).toBe('/live/a%2F..%2Fb%3Fc.flv');
    expect(places('spring')).toEqual({
      status: '/live/spring/status',
      whep: '/whep/spring',
      flv: '/live/spring.flv',
      hls: '/live/spring/index.m3u8',
      beat: '/watch/spring/beat',
      time: '/time',
    });
  });
});

describe('the ways', () => {
  const reasons = (abilities: Partial<Reasons['abilities']>, others: Partial<Reasons> = {}): Reasons => ({
    via: null,
    wish: 'normal',
    abilities: { mediaSource: true, nativeHls: false, rtc: true, ...abilities },
    ...others,
  });
  const ways = (...given: Parameters<typeof reasons>) => chooseWays(reasons(...given));

  it('are what the browser can do, the least delay first', () => {
    expect(ways({ nativeHls: true })).toEqual(['flv', 'll-hls', 'native']);
    expect(ways({ mediaSource: false, nativeHls: true })).toEqual(['native']);
    expect(ways({ mediaSource: false, rtc: false })).toEqual([]);
  });

  it('are what the link forces', () => {
    for (const wish of ['normal', 'least'] as const) {
      expect(ways({ nativeHls: true }, { via: 'flv', wish })).toEqual(['flv']);
      expect(ways({}, { via: 'll-hls', wish })).toEqual(['ll-hls']);
      expect(ways({ mediaSource: false }, { via: 'flv', wish })).toEqual([]);
    }
  });

  it('begin with the least delay for those who wish it, and go on where that does not come through', () => {
    expect(ways({}, { wish: 'least' })).toEqual(['whep', 'flv', 'll-hls']);
    expect(ways({}, { via: 'whep', wish: 'least' })).toEqual(['whep', 'flv', 'll-hls']);
    expect(ways({}, { via: 'whep' })).toEqual(['flv', 'll-hls']);
    expect(ways({ rtc: false }, { wish: 'least' })).toEqual(['flv', 'll-hls']);
    expect(ways({ mediaSource: false })).toEqual(['whep']);
  });

  it('are the viewer’s to choose where there are two', () => {
    const isOpen = (...given: Parameters<typeof reasons>) => new Choice(reasons(...given)).isOpen;
    expect(isOpen({})).toBe(true);
    expect(isOpen({}, { via: 'whep' })).toBe(true);
    expect(isOpen({ rtc: false })).toBe(false);
    expect(isOpen({ mediaSource: false })).toBe(false);
    for (const via of ['flv', 'll-hls'] as const) expect(isOpen({}, { via })).toBe(false);
  });

  it('change with what the viewer wishes and the server offers', () => {
    const choice = new Choice(reasons({}));
    expect(choice.renew()).toBe(false);
    choice.wish('least');
    expect([choice.ways[0], choice.renew(), choice.ways[0]]).toEqual(['flv', true, 'whep']);
    choice.offered(false);
    expect([choice.renew(), choice.ways[0], choice.isOpen]).toEqual([true, 'flv', false]);
    choice.offered(true);
    expect([choice.renew(), choice.ways[0], choice.isOpen]).toEqual([true, 'whep', true]);
  });

  it('leave out for good what leads nowhere, and what the browser can’t do', () => {
    const choice = new Choice(reasons({}, { wish: 'least' }));
    choice.unfit();
    choice.offered(true);
    expect([choice.renew(), choice.ways, choice.isOpen]).toEqual([true, ['flv', 'll-hls'], false]);
    const unable = new Choice(reasons({ rtc: false }, { wish: 'least' }));
    unable.offered(true);
    expect([unable.renew(), unable.isOpen]).toEqual([false, false]);
  });
});

describe('the wish', () => {
  const store = (kept: Map<string, string>) => () => ({
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
  });
  const closed = () => {
    throw new DOMException('denied', 'SecurityError');
  };

  it('is kept in the browser', () => {
    const kept = store(new Map());
    expect(firstWish(null, kept)).toBe('normal');
    keepWish('least', kept);
    expect(firstWish(null, kept)).toBe('least');
    keepWish('normal', kept);
    expect(firstWish(null, kept)).toBe('normal');
  });

  it('is the link’s where that has one', () => {
    expect(firstWish('whep', store(new Map()))).toBe('least');
  });

  it('is forgotten where the browser keeps nothing', () => {
    expect(() => keepWish('least', closed)).not.toThrow();
    expect(firstWish(null, closed)).toBe('normal');
  });
});

describe('the message', () => {
  const phases: Shown[] = [
    'opening',
    'waiting',
    'announced',
    'stalled',
    'interrupted',
    'ended',
    'unreachable',
    'unsupported',
    'badLink',
  ];
  const announced = { what: 'beginsToday', values: { time: '20:00' } } as const;
  const message = (phase: Shown, online = true) => messageFor(phase, online, announced);

  it('gives a reason whenever there is no moving picture, a different one each', () => {
    const reasons = phases.map((phase) => message(phase)?.what);
    expect(new Set(reasons).size).toBe(phases.length);
    expect(reasons).not.toContain(undefined);
    expect(message('playing')).toBeNull();
  });

  it('names the device’s own connection when that is what is missing', () => {
    for (const phase of ['unreachable', 'announced', 'interrupted'] as const) {
      expect(message(phase, false)?.what).toBe('offline');
    }
    expect(message('playing', false)).toBeNull();
    expect(message('badLink', false)?.what).toBe('badLink');
    expect(message('ended', false)?.what).toBe('ended');
  });

  it('says when an announced show begins', () => {
    expect(message('announced')).toEqual({ ...announced, hint: 'waitingHint', busy: true });
  });

  it('thanks for watching when nothing more comes', () => {
    expect(message('ended')).toEqual({ what: 'ended', hint: 'endedHint', busy: false });
  });

  it('reaches screen readers and is shown with its values', () => {
    const props = { phase: 'announced', online: true, announced, say: speaker('en') } as const;
    const { body } = render(Message, { props });
    expect(body).toMatch(/role="status"/);
    expect(body).toContain('The show begins at 20:00');
  });
});

describe('the status', () => {
  const begins = '2026-11-23T20:00:00Z';

  it('is read; what the server does not vouch for is a guess', () => {
    const none = { begins: null, estimated: true, rtc: false };
    expect(readStatus({ state: 'live', live: true })).toEqual({ ...none, state: 'live', live: true });
    expect(readStatus({ state: 'announced', live: false, begins, estimated: false })).toEqual({
      state: 'announced',
      begins: Date.parse(begins),
      live: false,
      estimated: false,
      rtc: false,
    });
    for (const live of [true, false]) {
      expect(readStatus({ state: 'interrupted', live })).toEqual({ ...none, state: 'interrupted', live });
    }
    expect(readStatus({ state: 'ended', live: false })?.state).toBe('ended');
  });

  it('is told by whether there is something to play where no known state is named', () => {
    for (const state of [undefined, null, 'resting', 'toString', 7]) {
      expect(readStatus({ state, live: true })?.state).toBe('live');
      expect(readStatus({ state, live: false })?.state).toBe('none');
    }
  });

  it('has a beginning only where that is a date', () => {
    const read = (begins: unknown) => readStatus({ state: 'announced', live: false, begins })?.begins;
    expect(read('2026-11-23T20:00:00.25+01:00')).toBe(Date.parse('2026-11-23T19:00:00.250Z'));
    for (const wrong of [undefined, null, 5, 'spring 5', '2026-11-23', '2026-13-23T20:00:00Z', {}]) expect(read(wrong)).toBeNull();
  });

  it('is refused when it is malformed', () => {
    expect(readStatus({ live: true, rtc: true })?.rtc).toBe(true);
    expect(readStatus({ live: true, rtc: 'yes' })?.rtc).toBe(false);
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
