import { describe, expect, it } from 'vitest';

import type { History, PlaceHistory } from '../bridge/bindings';
import { phraseIn, type Language } from '../words/words';
import { ratesOf, tellRates, tellTimes, timesTaken, writeValue, type Graph } from './graphs';

const place: PlaceHistory = {
  name: 'Tea shop',
  wanted_kbps: 2628,
  target_kbps: [2628, 850, 850],
  sent_kbps: [2600, 820, 840],
  received_kbps: [2590, null, 835],
  waiting_ms: [4, 480, 6],
  rtt_ms: [24, null, 26],
  lost: [null, null, null],
  skipped: [0, 12, 6],
  strength: ['strong', 'weak', 'enough'],
};
const history: History = { from: 454, step: 2, places: [place], log: [] };

const lineOf = ({ lines }: Graph, phrase: string) => {
  const line = lines.find((each) => each.phrase === phrase);
  if (line === undefined) throw new Error(`no ${phrase}`);
  return line;
};

describe('the graphs of a place', () => {
  it('have a time and a value for each stretch', () => {
    for (const graph of [ratesOf(history, place), timesTaken(history, place)]) {
      expect(graph.times).toEqual([454, 456, 458]);
      for (const { values } of graph.lines) expect(values).toHaveLength(3);
    }
  });

  it('show Mbit/s, and a gap where nothing is known', () => {
    const rates = ratesOf(history, place);
    expect(lineOf(rates, 'lineChosen').values).toEqual([2.628, 2.628, 2.628]);
    expect(lineOf(rates, 'lineAim').values).toEqual([2.628, 0.85, 0.85]);
    expect(lineOf(rates, 'lineReceived').values).toEqual([2.59, null, 0.835]);
    expect(writeValue(lineOf(rates, 'lineAim'), 1)).toBe('0.9');
    expect(writeValue(lineOf(rates, 'lineReceived'), 1)).toBeNull();
    expect(writeValue(lineOf(rates, 'lineSkipped'), 1)).toBe('12');
    expect(writeValue(lineOf(rates, 'lineSent'), 7)).toBeNull();
  });

  it('show milliseconds, and losses in percent where they are known', () => {
    const times = timesTaken(history, place);
    expect(times.lines.map(({ phrase }) => phrase)).toEqual(['lineWaiting', 'lineTrip']);
    expect(lineOf(times, 'lineTrip').values).toEqual([24, null, 26]);
    const lost = lineOf(timesTaken(history, { ...place, lost: [null, 31, 0] }), 'lineLost');
    expect(lost.values).toEqual([null, 3.1, 0]);
    expect(writeValue(lost, 1)).toBe('3.1 %');
  });

  it('tell their lines apart without colour', () => {
    for (const { lines } of [ratesOf(history, place), timesTaken(history, { ...place, lost: [0, 0, 0] })]) {
      const looks = lines.map(({ form, width, dash }) => `${form} ${width} ${dash.join(' ')}`);
      expect(new Set(looks).size).toBe(lines.length);
    }
  });

  it('are told in words', () => {
    const told = (language: Language, of: PlaceHistory) => tellRates(history, of, (phrase, values) => phraseIn(language, phrase, values));
    const rates = 'Sent to Tea shop: 0.8 Mbit/s at the end, 0.8 Mbit/s at worst; 18 skipped pictures';
    expect(told('en', place)).toBe(`${rates}; line strong 33\u00a0% of the time`);
    expect(told('en', { ...place, strength: ['broken', 'strong', 'broken'] })).toBe(`${rates}; line strong 33\u00a0% of the time, broken 4\u00a0s`);
    expect(told('en', { ...place, strength: ['unknown', 'unknown', 'unknown'] })).toBe(rates);
    expect(told('zh', { ...place, strength: ['unknown', 'strong', 'broken'] })).toMatch(/丢帧 18；网络良好的时间占 50%，传输中断 2 秒$/);
    expect(tellTimes(place, (phrase, values) => phraseIn('en', phrase, values))).toMatch(/: 6 milliseconds at the end, 480 /);
    const none = { ...place, sent_kbps: [], waiting_ms: [], skipped: [], strength: [] };
    expect(told('en', none)).toBe('Sent to Tea shop: 0.0 Mbit/s at the end, 0.0 Mbit/s at worst; 0 skipped pictures');
  });
});
