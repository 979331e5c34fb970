import { describe, expect, it } from 'vitest';

import { foundShow } from './checked';
import { onceOf } from './once';

describe('a show sent once, of the twin', () => {
  const show = foundShow();

  it('is offered where the line does not carry all, but that', () => {
    expect(onceOf(show, 5300)).toEqual({ through: 'Tea shop', places: ['Second place'], kbps: 5256 });
    expect([onceOf(show, 7884), onceOf(show, 5200)]).toEqual([null, null]);
  });

  it('takes a place at the server of one’s own, and one to pass it on to', () => {
    expect(onceOf({ ...show, companion: null }, 5300)).toBeNull();
    expect(onceOf({ ...show, places: show.places.slice(1) }, 2700)).toBeNull();
    const passedOn = show.places.map((place, at) => ({ ...place, passed_on: at === 1 }));
    expect(onceOf({ ...show, places: passedOn }, 2700)).toBeNull();
  });
});
