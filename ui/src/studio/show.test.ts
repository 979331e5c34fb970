import { describe, expect, it } from 'vitest';

import { emptyShow, fullShow } from './bridge/twin/show';
import { firstFree, offer } from './devices';
import { figuresOf, Pace, writeMbit, writeTime } from './figures';
import { readFormat } from './format';
import { planOf } from './golive';
import { healthLook, healthPhrase, nextStep, shortAddress } from './health';
import { freeName, keyName, sceneOf, scenesShowing } from './names';
import { glance, highestLeast, isAddress, isLeast, isPassphrase, sendingOf } from './places';

describe('going live', () => {
  it('says to which places, and what is heard', () => {
    const plan = planOf(fullShow());
    expect(plan.places.map(({ name }) => name)).toEqual(['Tea shop']);
    expect(plan.heard).toEqual(['Desk microphone', 'Clip-on microphone']);
    expect([plan.refusal, plan.warnings]).toEqual([null, []]);
  });

  it('is refused without a place, and says which kind of none', () => {
    expect(planOf(emptyShow()).refusal).toBe('noPlaceYet');
    const off = fullShow();
    off.places = off.places.map((place) => ({ ...place, on: false }));
    expect([planOf(off).refusal, planOf(off).lacksPlace]).toEqual(['noPlaceOn', true]);
  });

  it('warns of what viewers would miss', () => {
    const show = fullShow();
    show.sounds = show.sounds.map((sound, at) => ({ ...sound, mute: at === 0 }));
    show.pictures = show.pictures.map((picture) => ({ ...picture, live: false, visible: picture.name === 'Host camera' }));
    show.places = show.places.map((place) => ({ ...place, key_missing: true }));
    show.covered = true;
    expect(planOf(show).warnings).toEqual([
      { phrase: 'warnMuted', name: 'Desk microphone' },
      { phrase: 'warnCovered' },
      { phrase: 'warnLost', name: 'Host camera' },
      { phrase: 'warnKeyMissing', name: 'Tea shop' },
    ]);
    expect(planOf(emptyShow()).warnings.map(({ phrase }) => phrase)).toEqual(['warnNoSound', 'warnEmptyScene']);
    show.sounds = show.sounds.map((sound) => ({ ...sound, mute: true }));
    expect(planOf(show).warnings[0]).toEqual({ phrase: 'warnAllMuted' });
  });

  it('warns of what gets the show from a server that it does not go to', () => {
    const show = fullShow();
    const there = show.places.find(({ on }) => on);
    if (!there) throw new Error('no place is on');
    show.companion = 'http://server.example:8080';
    const place = { ...there, name: 'Second', passed_on: true };
    show.places = [there, place];
    expect(planOf(show).warnings).toEqual([{ phrase: 'warnNotThrough', name: 'Second' }]);
    show.places = [{ ...there, url: 'rtmp://server.example/live' }, place];
    expect(planOf(show).warnings).toEqual([]);
  });
});

describe('devices', () => {
  const host = { id: 'a', name: 'Host' };
  const table = { id: 'b', name: 'Table', used: 'Table' };

  it('that are unplugged while chosen stay, and say so', () => {
    expect(offer([table], host).map(({ id, gone }) => [id, gone])).toEqual([['b', false], ['a', true]]);
    expect(offer([host, table], host).some(({ gone }) => gone)).toBe(false);
  });

  it('in use are not chosen by themselves', () => {
    expect(firstFree([table, host])).toBe(host);
    expect(firstFree([table])).toBeNull();
  });

  it('say size and pace', () => {
    expect(readFormat('YUYV, 640x480 at 29.97 fps, as asked for')).toEqual({ width: '640', height: '480', rate: '29.97' });
    expect(readFormat('1280x720 at 30, raw')?.rate).toBe('30');
    expect(readFormat('YUYV; 640x360 instead of 1280x720, because it has no such pictures')?.height).toBe('360');
    expect(readFormat('as asked for')).toBeNull();
  });
});

describe('figures', () => {
  it('are of all places together', () => {
    const show = fullShow();
    show.program_frames = { due: 900, late: 2, repeated: 1 };
    show.places = show.places.map((place) => ({ ...place, kbps: 1200, skipped: 10 }));
    expect(figuresOf(show)).toEqual({ kbps: 2400, skipped: 22 });
    // What the server of one's own sends takes nothing of the upload.
    show.places = show.places.map((place, at) => ({ ...place, passed_on: at === 1 }));
    expect(figuresOf(show)).toEqual({ kbps: 1200, skipped: 22 });
  });

  it('tell the pace from one state to a later one', () => {
    const pace = new Pace();
    const frames = (due: number, late = 0) => ({ due, late, repeated: 0 });
    expect(pace.add(frames(0), 0)).toBeNull();
    expect(pace.add(frames(6), 200)).toBeNull();
    expect(pace.add(frames(60, 6), 2000)).toBe(27);
    expect(pace.add(frames(90, 6), 3000)).toBe(28);
    // What is older than three seconds no longer counts.
    expect(pace.add(frames(150, 6), 5000)).toBe(30);
    // Another show begins.
    expect(pace.add(frames(0), 5100)).toBeNull();
    expect(pace.add(frames(60), 7100)).toBe(30);
  });

  it('are written as people read them', () => {
    expect([writeTime(7.9), writeTime(754), writeTime(3753)]).toEqual(['0:07', '12:34', '1:02:33']);
    expect(writeMbit(2449)).toBe('2.4');
    expect(writeMbit(850)).toBe('0.9');
  });
});

describe('names', () => {
  it('that are taken get a number', () => {
    expect([freeName(' Host ', []), freeName('Host', ['Host']), freeName('Host', ['Host', 'Host 2'])]).toEqual(['Host', 'Host 2', 'Host 3']);
  });

  it('of keys hold letters, digits and dashes, and differ where the places do', () => {
    const names = ['Tea shop', 'tea shop', '茶叶店', '淘宝', 'a'.repeat(300), '   '].map(keyName);
    for (const name of names) expect(name).toMatch(/^[a-z0-9-]{1,64}$/);
    expect(new Set(names).size).toBe(names.length);
    expect(keyName('Tea shop')).toBe(keyName('Tea shop'));
  });

  it('of scenes that show a source', () => {
    expect(scenesShowing(fullShow(), 'Table camera')).toEqual(['Product close up', 'Host and product']);
    expect(sceneOf('New', 'Hand camera').layer?.[0]?.source).toBe('Hand camera');
    expect(sceneOf('New', null).layer).toEqual([]);
  });
});

describe('the least quality', () => {
  it('is a whole number from 100 to what the place gets', () => {
    const right = (least: number | null | undefined) => isLeast(least, 2500);
    expect([100, 300, 2500].map(right)).toEqual([true, true, true]);
    expect([99, 2501, 300.5, NaN, null, undefined].map(right)).toEqual(Array(6).fill(false));
  });

  it('may be the usual one even where the place gets less', () => {
    expect([highestLeast(200), isLeast(300, 200), isLeast(301, 200)]).toEqual([300, true, false]);
  });
});

describe('places', () => {
  const [shop] = fullShow().places;
  if (shop === undefined) throw new Error('the twin has a place');

  it('say how they are', () => {
    expect(glance(shop, false).phrase).toBe('placeReady');
    expect(glance({ ...shop, on: false }, true).phrase).toBe('placeOff');
    expect(glance({ ...shop, key_missing: true }, false).level).toBe('warning');
    expect(glance({ ...shop, status: 'starting' }, true).icon).toBe('wait');
    expect(glance({ ...shop, status: 'live' }, true).level).toBe('good');
    expect(glance({ ...shop, status: 'live', line: 'weak' }, true)).toMatchObject({ level: 'warning', phrase: 'placeWeak' });
    expect(glance({ ...shop, status: 'live', line: 'paused' }, true)).toMatchObject({ level: 'bad', phrase: 'placePaused' });
    expect(glance({ ...shop, status: 'away' }, true).level).toBe('bad');
  });

  it('say what is the matter while they are live', () => {
    const diagnosis = { cause: 'line.full', side: 'uplink', advice: 'Do something.', seconds: 1 } as const;
    const live = { ...shop, status: 'live', line: 'weak', diagnosis } as const;
    expect(glance(live, true)).toEqual({ level: 'warning', icon: 'warning', phrase: 'causeFull' });
    expect(glance({ ...live, diagnosis: { ...diagnosis, cause: 'line.silent' } }, true).level).toBe('bad');
    expect(glance({ ...live, diagnosis: { ...diagnosis, cause: 'line.new' } }, true)).toMatchObject({ level: 'warning', sentence: 'Do something.' });
    expect(glance({ ...live, line: 'paused' }, true).phrase).toBe('placePaused');
    expect(glance({ ...live, status: 'away' }, true).phrase).toBe('placeAway');
    const refused = { ...diagnosis, cause: 'place.refused', side: 'server' } as const;
    expect(glance({ ...live, status: 'away', diagnosis: refused }, true)).toEqual({ level: 'bad', icon: 'bad', phrase: 'causeRefused' });
  });

  it('say how the show gets there', () => {
    const live = { ...shop, status: 'live', kbps: 2449 } as const;
    expect([sendingOf(shop), sendingOf(live)]).toEqual([null, { phrase: 'sending', values: { value: '2.4' } }]);
    expect(sendingOf({ ...shop, passed_on: true })?.phrase).toBe('throughServer');
    expect(sendingOf({ ...live, passed_on: true })).toEqual({ phrase: 'sendingThrough', values: { value: '2.4' } });
  });

  it('have an address', () => {
    const good = ['rtmp://a/live', 'rtmp://a.b:1936/app/', 'rtmps://a/live', 'srt://a.b:9000', 'srt://[::1]:9000/'];
    expect(good.every(isAddress)).toBe(true);
    const calls = ['https://a.b/whip', 'http://a:8889/live/whip', 'https://[::1]:8443/whip/endpoint/'];
    expect(calls.every(isAddress)).toBe(true);
    expect(['', 'correct horse', '口令口令'].every(isPassphrase)).toBe(true);
    expect(['too short', 'x'.repeat(80)].some(isPassphrase)).toBe(false);
    const others = ['rtmp://', 'rtmp://a', 'rtmp://a/', 'https://a', 'https://a/', 'https://k@a/whip', 'https://a/whip?key=k', 'https://a/b c', 'httpx://a/live', 'srtp://a/live', 'rtmp://a b/live', 'rtmp://a/app/key', 'srt://a', 'srt://a:1?streamid=k', 'srt://a:b', ''];
    expect(others.some(isAddress)).toBe(false);
    expect(shortAddress(shop)).toBe('127.0.0.1:1935/live');
    expect(shortAddress({ url: 'https://a.b/whip' })).toBe('a.b/whip');
  });
});

describe('health', () => {
  it('leads to what is still missing, and is never green before', () => {
    const show = fullShow();
    expect([nextStep(show), healthLook(show)]).toEqual([null, 'good']);
    expect([nextStep(emptyShow()), healthLook(emptyShow())]).toEqual(['nextCamera', 'next']);
    expect(nextStep({ ...show, places: [] })).toBe('nextPlace');
    expect(nextStep({ ...show, places: show.places.map((place) => ({ ...place, on: false })) })).toBe('nextPlaceOn');
    expect(nextStep({ ...emptyShow(), live: { seconds: 1 } })).toBeNull();
  });

  const health = (code: string, subject: string | null = null) => ({ level: 'bad' as const, code, subject, sentence: 'x' });

  it('has words for its codes, with a name or without', () => {
    expect(healthPhrase(health('health.place.unreachable', 'Shop'))).toBe('causeUnreachableHealth');
    expect(healthPhrase(health('health.machine.hot', 'Shop'))).toBe('causeHotHealth');
    expect(healthPhrase(health('health.machine.battery'))).toBe('causeBatteryHealth');
    expect(healthPhrase(health('health.camera_slow', 'Host'))).toBe('healthCameraSlow');
    expect(healthPhrase(health('health.shed_preview'))).toBe('healthShedPreview');
    expect(healthPhrase(health('health.shed_filters'))).toBe('healthShedFilters');
    expect(healthPhrase(health('health.better', 'Shop'))).toBe('healthBetter');
    expect(healthPhrase(health('health.place_paused', 'Shop'))).toBe('healthPlacePaused');
    expect(healthPhrase(health('health.clipping'))).toBe('healthClippingAll');
  });

  it('keeps the sentence of a code nobody knows', () => {
    expect(healthPhrase(health('health.new'))).toBeNull();
    expect(healthPhrase(health('constructor'))).toBeNull();
    expect(healthPhrase(health('line.full'))).toBeNull();
  });
});
