import { expect, it } from 'vitest';

import { Turns } from './turns';

const parts = ['scenes', 'cameras', 'sound'];

it('draws each part of a picture once', () => {
  const turns = new Turns<string>();
  const drawn: string[] = [];
  for (let next = turns.next(parts, 0); next !== null; next = turns.next(parts, 0)) {
    turns.drew(next, 0);
    drawn.push(next);
  }
  expect(drawn).toEqual(parts);
});

it('lets no part wait for longer than another when pictures come faster than turns', () => {
  const turns = new Turns<string>();
  const drawn: (string | null)[] = [];
  for (let picture = 0; picture < 7; picture += 1) {
    const next = turns.next(parts, picture);
    if (next !== null) turns.drew(next, picture);
    drawn.push(next);
  }
  expect(drawn).toEqual([...parts, ...parts, 'scenes']);
});

it('forgets a part that has left the page', () => {
  const turns = new Turns<string>();
  turns.drew('cameras', 900);
  expect(turns.next([], 900)).toBeNull();
  expect(turns.next(['cameras'], 900)).toBe('cameras');
});

it('begins anew with another line of pictures', () => {
  const turns = new Turns<string>();
  turns.drew('scenes', 900);
  expect(turns.next(['scenes'], 0)).toBeNull();
  turns.restart();
  expect(turns.next(['scenes'], 0)).toBe('scenes');
});
