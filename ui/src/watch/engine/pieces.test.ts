import { describe, expect, it } from 'vitest';

import { Pieces, played } from './pieces';

describe('pieces', () => {
  it('tell when a picture was taken, by the newest piece of its line', () => {
    const pieces = new Pieces();
    expect(pieces.utc(3)).toBeNull();
    pieces.add(4, 12_100, 0);
    pieces.add(2, 10_000, 0);
    expect(pieces.utc(1)).toBeNull();
    expect(pieces.utc(2)).toBe(10_100);
    expect(pieces.utc(4.25)).toBe(12_350);
  });

  it('keep the lines apart', () => {
    const pieces = new Pieces();
    pieces.add(2, 10_000, 0);
    pieces.add(4, 50_000, 1);
    pieces.add(6, 52_000, 1);
    expect(pieces.utc(2.5)).toBe(10_500);
    expect(pieces.utc(3.9995)).toBe(50_000 - 0.5);
    expect(pieces.utc(3.99)).toBe(11_990);
    expect(pieces.utc(4.25)).toBe(50_250);
  });

  it('are replaced by what is put in their place', () => {
    const pieces = new Pieces();
    pieces.add(2, 10_000, 0);
    pieces.add(2, 20_000, 0);
    expect(pieces.utc(2)).toBe(20_000);
    pieces.add(2, Number.NaN, 0);
    expect(pieces.utc(2)).toBeNull();
  });

  it('are forgotten in time', () => {
    const pieces = new Pieces();
    for (let i = 0; i < 1000; i++) pieces.add(i, i * 1000, 0);
    expect(pieces.utc(500.5)).toBeNull();
    expect(pieces.utc(999.5)).toBe(999_500);
  });
});

describe('what was played', () => {
  it('is removed a lot at a time, and never what is near the picture', () => {
    expect(played(100, 127)).toBeNull();
    expect(played(100, 128)).toEqual({ startOffset: 0, endOffset: 120 });
    expect(played(120, 128)).toBeNull();
  });
});
