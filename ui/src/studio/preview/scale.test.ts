import { expect, it } from 'vitest';

import { position, writeDb } from './scale';

it('a level has its place on the meter', () => {
  expect([position(-120), position(-60), position(-30), position(0), position(6)]).toEqual([0, 0, 0.5, 1, 1]);
});

it('a level is written with a true minus, and zero without', () => {
  expect([writeDb(-18.4), writeDb(-0.2), writeDb(0), writeDb(6.6)]).toEqual(['−18', '0', '0', '7']);
});
