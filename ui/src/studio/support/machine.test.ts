import { describe, expect, it } from 'vitest';

import type { History, MachineHistory, MachineState } from '../bridge/bindings';
import { atEase } from '../bridge/twin/machine';
import { phraseIn, type Say } from '../words/words';
import { effortOf, loadOf, tellEffort, tellLoad } from './machineGraphs';
import { factsOf, isSaid, metersOf } from './meters';

const meters = (machine: MachineState) => metersOf(machine).map(({ phrase, percent, own, high }) => [phrase, percent, own, high]);
const facts = (machine: MachineState) => factsOf(machine).map(({ phrase, values }) => phraseIn('en', phrase, values).replaceAll('\u00a0', ' '));
const nothing: MachineState = { ...atEase, cpu: null, cpu_own: null, busiest: null, memory_free: null, disk_free: null, gpu: null, battery: null, celsius: null };

describe('the meters of a computer', () => {
  it('tell the studio from other programs', () => {
    expect(meters(atEase)).toEqual([
      ['meterProcessor', 27, 19, false],
      ['meterMemory', 42, null, false],
      ['meterDrawing', 22, null, false],
      ['meterPacking', 6, null, false],
    ]);
  });

  it('warn where little is left', () => {
    const strained = { ...atEase, cpu: 0.97, memory_free: 0.04, draw: 0.88, encode: 0.6 };
    expect(metersOf(strained).map(({ high }) => high)).toEqual([true, true, true, true]);
  });

  it('show what is known', () => {
    expect(meters(nothing).map(([phrase]) => phrase)).toEqual(['meterDrawing', 'meterPacking']);
    expect(meters({ ...atEase, cpu_own: null })[0]).toEqual(['meterProcessor', 27, null, false]);
    // Measured a moment apart.
    expect(meters({ ...atEase, cpu: 0.2, cpu_own: 0.21 })[0]).toEqual(['meterProcessor', 20, 20, false]);
  });
});

describe('what else is known of a computer', () => {
  it('is said as far as it is', () => {
    expect(facts(nothing)).toEqual([]);
    expect(facts(atEase)).toEqual(['“chrome” uses 5 %', 'Graphics card 18 %', 'Temperature 52 °C', 'Battery 92 %, plugged in', '212 GB of disk left']);
    const other = { ...nothing, saving: true, battery: { level: 0.12, discharging: true }, disk_free: 850e6, foreign_kbps: 1240 };
    expect(facts(other)).toEqual(['Saves power', 'Battery 12 %, not plugged in', '0.8 GB of disk left', 'Others upload 1.2 Mbit/s']);
    expect(facts({ ...nothing, foreign_kbps: 20, busiest: { name: 'idle', cpu: 0.001 } })).toEqual([]);
  });

  it('stands out where it is the matter', () => {
    const troubles = [{ code: 'machine.hot', advice: 'x', seconds: 3 }];
    const matters = factsOf({ ...atEase, troubles }).filter((fact) => fact.matters);
    expect(matters.map(({ phrase }) => phrase)).toEqual(['factCelsius']);
    expect([isSaid(troubles, 'machine.hot'), isSaid(troubles, 'line.full')]).toEqual([true, false]);
  });
});

describe('the graphs of a computer', () => {
  const history: History = { from: 454, step: 2, places: [], log: [] };
  const machine: MachineHistory = {
    cpu: [27, null, 97],
    cpu_own: [19, null, 38],
    draw: [22, 100, 88],
    encode: [6, 40, 32],
    late: [0, 9, 4],
    foreign_kbps: [null, null, null],
  };

  it('have a time and a value for each stretch', () => {
    for (const graph of [loadOf(history, machine), effortOf(history, machine)]) {
      expect([graph.times, graph.reach]).toEqual([[454, 456, 458], 100]);
      for (const { values } of graph.lines) expect(values).toHaveLength(3);
    }
  });

  it('tell their lines apart without colour', () => {
    for (const { lines } of [loadOf(history, machine), effortOf(history, machine)]) {
      expect(new Set(lines.map(({ form, width, dash }) => `${form} ${width} ${dash.join(' ')}`)).size).toBe(lines.length);
    }
  });

  it('are told in words', () => {
    const say: Say = (phrase, values) => phraseIn('en', phrase, values).replaceAll('\u00a0', ' ');
    expect(tellLoad(machine, say)).toBe('Processor: 97 % used at the end, 97 % at most; this studio 38 % at most');
    expect(tellEffort(machine, say)).toBe('Drawing time: 100 % at most; packing: 40 % at most; 13 lost pictures');
    const none: MachineHistory = { cpu: [], cpu_own: [], draw: [], encode: [], late: [], foreign_kbps: [] };
    expect(tellEffort(none, say)).toContain('0 lost pictures');
  });
});
