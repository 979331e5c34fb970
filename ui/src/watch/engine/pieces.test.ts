import { describe, expect, it } from 'vitest';

import { Pieces } from './pieces';

describe('pieces', () => {
  it('tell when a picture was taken, by the piece it is in', () => {
    const pieces = new Pieces();
    expect(pieces.utc(3)).toBeNull();
    pieces.add(4, 50_000);
    pieces.add(2, 10_000);
    expect(pieces.utc(1)).toBeNull();
    expect(pieces.utc(2)).toBe(10_000);
    expect(pieces.utc(2.5)).toBe(10_500);
    expect(pieces.utc(3.9995)).toBe(49_999.5);
    expect(pieces.utc(4.25)).toBe(50_250);
  });

  it('are replaced by what is put in their place', () => {
    const pieces = new Pieces();
    pieces.add(2, 10_000);
    pieces.add(2, 20_000);
    expect(pieces.utc(2)).toBe(20_000);
    pieces.add(3, Number.NaN);
    expect(pieces.utc(3.5)).toBeNull();
  });

  it('are forgotten in time', () => {
    const pieces = new Pieces();
    for (let i = 0; i < 1000; i++) pieces.add(i, i * 1000);
    expect(pieces.utc(500.5)).toBeNull();
    expect(pieces.utc(999.5)).toBe(999_500);
  });
});
