import { describe, expect, it } from 'vitest';

import type { Outcome } from '../bindings';
import { bundleOf } from './bundle';
import { earlierHistory, earlierShows } from './earlier';
import { scenarioOf } from './scenario';
import { Stage } from './stage';

const partsOf = (...asked: Parameters<typeof bundleOf>) => bundleOf(...asked).parts.map(({ part }) => part);

describe('the twin’s file for support', () => {
  it('leaves out what there is not', () => {
    const nothing: Outcome = { done: { history: new Stage(scenarioOf('show').state, 0).history(true) } };
    expect(partsOf(null, nothing)).toEqual(['report', 'about', 'notes']);
    expect(partsOf(scenarioOf('show').state, nothing)).toEqual(['report', 'about', 'show', 'notes']);
  });

  it('tells all of a show, and none of its names', () => {
    const stage = new Stage(scenarioOf('weak').state, 0);
    const { parts } = bundleOf(stage.state, { done: { history: stage.history(true) } });
    expect(parts.map(({ part }) => part)).toEqual(['report', 'about', 'show', 'history', 'notes']);
    const names = [...stage.state.places, ...stage.state.pictures, ...stage.state.scenes, ...stage.state.sounds].map(({ name }) => name);
    for (const name of names) expect(parts.some(({ text }) => text.includes(name))).toBe(false);
    expect(parts.map(({ text }) => text.split('\n').length)).toEqual([expect.any(Number), 12, expect.any(Number), 254, 379]);
  });

  it('is of an earlier show, unless that can’t be read', () => {
    const [first, , last] = earlierShows.map(({ id }) => earlierHistory(id, true));
    expect(partsOf(null, first as Outcome)).toContain('history');
    expect(() => bundleOf(null, last as Outcome)).toThrow(expect.objectContaining({ code: 'history.unreadable' }));
  });
});
