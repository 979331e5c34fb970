import { describe, expect, it } from 'vitest';

import type { UploadCheck } from '../bridge/bindings';
import { phraseIn } from '../words/words';
import { factsOf, graphOf, tellUpload } from './upload';

const measured: UploadCheck = { kbps: [900, 2100, 3300], at_least: false, wanted_kbps: 5256 };
const told = (upload: UploadCheck, all: number) => factsOf(upload, all).map(({ value }) => value && phraseIn('en', value.phrase, value.values));

describe('the upload', () => {
  it('is a graph in Mbit/s, with room for what is to come', () => {
    const { times, last, lines } = graphOf(measured, true);
    expect([times.length, times.at(-1), last]).toEqual([25, 12, 2]);
    for (const { values } of lines) expect(values).toHaveLength(25);
    expect(lines.map(({ values }) => values.slice(0, 4))).toEqual([
      [5.256, 5.256, 5.256, 5.256],
      [0.9, 2.1, 3.3, null],
    ]);
    expect(graphOf({ ...measured, kbps: Array<number>(40).fill(1) }, true).times.at(-1)).toBe(19.5);
  });

  it('is a graph before anything was measured', () => {
    const { last, lines } = graphOf({ ...measured, kbps: [] }, true);
    expect([last, lines[1]?.values[0]]).toEqual([0, null]);
  });

  it('is what was sent, and in the end what was received', () => {
    expect([true, false].map((running) => graphOf(measured, running).lines[1]?.phrase)).toEqual(['lineSent', 'lineReceived']);
    expect(tellUpload(measured, (phrase, values) => phraseIn('en', phrase, values))).toBe(
      'Upload: 3.3 Mbit/s at most, 3.3 Mbit/s at the end; 5.3 Mbit/s are needed',
    );
  });

  it('is told in figures, as far as they are known', () => {
    expect(told(measured, 2)).toEqual([null, '5.3 Mbit/s', null, null]);
    const done = { ...measured, carries_kbps: 3240, places: 1, quiet_ms: 23.6, loaded_ms: 412 };
    expect(told(done, 2)).toEqual(['3.2 Mbit/s', '5.3 Mbit/s', '1 of 2 places', '24\u00a0ms, with a full upload 412\u00a0ms']);
    expect(told({ ...done, at_least: true, places: 2, loaded_ms: null }, 2)).toEqual(['at least 3.2 Mbit/s', '5.3 Mbit/s', 'All places', '24\u00a0ms']);
    expect(told({ ...done, places: 0 }, 1)[2]).toBe('No place');
  });
});
