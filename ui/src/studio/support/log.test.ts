import { describe, expect, it } from 'vitest';

import type { LogEntry, Logged, Shed } from '../bridge/bindings';
import { phraseIn, type Phrase } from '../words/words';
import { tellOf, timeOf } from './log';

const entry = (what: Logged, until = 751): LogEntry => ({ at: 751, until, place: 'Tea shop', ...what });
const name = (phrase: Phrase) => phraseIn('en', phrase);
const told = (what: Logged) => {
  const { phrase, values } = tellOf(entry(what), name);
  return phraseIn('en', phrase, values);
};

describe('the log', () => {
  it('tells in plain words what was done and what happened', () => {
    expect(told({ what: 'lowered', from_kbps: 2628, to_kbps: 850 })).toBe('sent less: 2.6 → 0.9 Mbit/s');
    expect(told({ what: 'raised', from_kbps: 850, to_kbps: 2628 })).toBe('sent more: 0.9 → 2.6 Mbit/s');
    expect(told({ what: 'found', cause: 'line.full' })).toBe('found: Upload too slow');
    expect(told({ what: 'over', cause: 'line.full' })).toBe('better again: Upload too slow');
    expect(told({ what: 'lost', refused: false })).toBe('connection lost');
    expect(told({ what: 'lost', refused: true })).toBe('not let in');
    expect(told({ what: 'reached' })).toBe('connected');
  });

  it('tells what was given up for the show, and what came back', () => {
    const shed = (from: Shed, to: Shed) => told({ what: 'shed', from, to });
    expect(shed('nothing', 'preview_slow')).toBe('this window’s pictures slowed down');
    expect(shed('preview_slow', 'preview_still')).toBe('this window’s pictures nearly stopped');
    expect(shed('preview_slow', 'filters')).toBe('colour corrections left out');
    expect(shed('filters', 'preview_still')).toBe('colour corrections back');
    expect(shed('filters', 'nothing')).toBe('colour corrections back');
    expect(shed('preview_still', 'preview_slow')).toBe('this window’s pictures faster again');
    expect(shed('preview_slow', 'nothing')).toBe('this window’s pictures as before');
    const icons = [tellOf(entry({ what: 'shed', from: 'nothing', to: 'filters' }), name), tellOf(entry({ what: 'shed', from: 'filters', to: 'nothing' }), name)];
    expect(icons.map(({ icon }) => icon)).toEqual(['down', 'up']);
  });

  it('names a cause that the page does not know by its code', () => {
    expect(told({ what: 'found', cause: 'line.new' })).toBe('found: line.new');
  });

  it('tells when it was, and how long it took where that was a while', () => {
    expect(timeOf(entry({ what: 'reached' }))).toBe('12:31');
    expect(timeOf(entry({ what: 'raised', from_kbps: 1, to_kbps: 2 }, 796))).toBe('12:31–13:16');
    expect(timeOf(entry({ what: 'raised', from_kbps: 1, to_kbps: 2 }, 752))).toBe('12:31');
  });
});
