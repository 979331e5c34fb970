import { describe, expect, it } from 'vitest';

import type { CheckState, Finding, PlaceCheck, Reach, UploadCheck } from '../bridge/bindings';
import { fullShow } from '../bridge/twin/show';
import { lookOf, uncarried } from './reach';
import { fineOf, hintsOf, isEnough, isOf, verdictOf } from './verdict';

const at = (name: string, reach: Reach = 'reached'): PlaceCheck => ({ name, reach, here: false });
const enough: UploadCheck = { kbps: [9000], carries_kbps: 9000, at_least: true, wanted_kbps: 2628, places: 1, quiet_ms: 20, loaded_ms: 30 };
const done: CheckState = { running: false, progress: 1, upload: enough, places: [at('Tea shop')], findings: [] };
const finding = (code: string, level: Finding['level'] = 'warning'): Finding => ({ code, level, subjects: [] });
const verdict = (change: Partial<CheckState>) => verdictOf({ ...done, ...change }).phrase;

describe('a check', () => {
  it('is well where nothing was found and the upload is enough', () => {
    expect(verdictOf(done)).toMatchObject({ phrase: 'checkWell', level: 'good' });
    expect(verdict({ findings: [finding('check.battery')] })).toBe('checkPerhaps');
    expect(verdict({ findings: [finding('check.battery'), finding('check.unreachable', 'bad')] })).toBe('checkWrong');
    expect(verdict({ findings: [finding('check.new', 'bad')] })).toBe('checkWrong');
  });

  it('gives no green light where nothing was measured', () => {
    const unknown = [finding('check.upload_unknown'), finding('check.here')];
    expect(verdictOf({ ...done, upload: null, findings: unknown })).toMatchObject({ phrase: 'checkUnmeasured', level: 'plain' });
    expect(verdict({ upload: null, findings: [] })).toBe('checkUnmeasured');
    expect(verdict({ upload: { ...enough, carries_kbps: null }, findings: [] })).toBe('checkUnmeasured');
    expect(verdict({ upload: null, findings: [...unknown, finding('check.battery')] })).toBe('checkPerhaps');
    expect(verdict({ upload: { ...enough, places: 0 }, findings: [] })).toBe('checkPerhaps');
  });

  it('comes to nothing before its end', () => {
    expect(verdictOf(null).phrase).toBe('checkStopped');
    expect(verdict({ progress: 0.4 })).toBe('checkStopped');
  });

  it('says what is well only where that is known', () => {
    expect(fineOf(done)).toEqual(['fineUpload', 'finePlaces', 'fineCameras', 'fineSound', 'fineMachine']);
    expect(fineOf({ ...done, upload: null, places: [at('Tea shop', 'unknown')] })).not.toContain('fineUpload');
    expect(fineOf({ ...done, places: [at('Tea shop', 'unknown')] })).not.toContain('finePlaces');
    expect(fineOf({ ...done, places: [] })).not.toContain('finePlaces');
    expect(fineOf({ ...done, upload: { ...enough, places: 0 } })).not.toContain('fineUpload');
    const found = ['check.upload_slow', 'check.camera_slow', 'check.microphone_muted', 'check.disk'].map((code) => finding(code));
    expect(fineOf({ ...done, findings: found })).toEqual(['finePlaces']);
  });

  it('says which places the upload is not enough for: the least important', () => {
    const places = [at('a'), at('b'), at('c')];
    expect(uncarried(places, { ...enough, places: 2 })).toEqual([at('c')]);
    expect(uncarried(places, { ...enough, places: null })).toEqual([]);
    expect(uncarried(places, null)).toEqual([]);
  });

  it('counts no place that gets the show from the server of one’s own', () => {
    const places = [at('a'), { ...at('b'), passed_on: true }, at('c')];
    expect(uncarried(places, { ...enough, places: 1 })).toEqual([at('c')]);
    expect(isEnough({ ...done, places, upload: { ...enough, places: 2 } })).toBe(true);
    expect(isEnough({ ...done, places, upload: { ...enough, places: 1 } })).toBe(false);
  });

  it('takes an answer that the page does not know for none', () => {
    expect(lookOf('constructor' as Reach)).toBe(lookOf('unknown'));
  });

  it('is hinted at where it found what will go wrong, for the places that are on', () => {
    const bad = [finding('check.battery'), finding('check.key_missing', 'bad'), finding('check.unreachable', 'bad')];
    const state = { ...fullShow(), check: { ...done, findings: bad } };
    expect(isOf(done, state)).toBe(true);
    expect(hintsOf(state).map(({ code }) => code)).toEqual(['check.unreachable']);
    expect(hintsOf({ ...state, check: { ...state.check, running: true } })).toEqual([]);
    expect(hintsOf({ ...state, check: null })).toEqual([]);
    const [first, second] = state.places;
    const both = [first, second].flatMap((place) => (place ? [{ ...place, on: true }] : []));
    expect(hintsOf({ ...state, places: both })).toEqual([]);
    const passedOn = state.places.map((place) => ({ ...place, passed_on: true }));
    expect(isOf(done, { ...state, places: passedOn })).toBe(false);
  });
});
