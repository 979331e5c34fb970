import { describe, expect, it } from 'vitest';

import { quantise, rateFor, sameLook, tilesOf } from './look';

const program = { show: 'program' } as const;
const host = { show: 'scene', name: 'host' } as const;

describe('a look', () => {
  it('asks for device pixels in steps of 16, never less than shown', () => {
    expect(quantise(160, 1)).toBe(160);
    expect(quantise(161, 1)).toBe(176);
    expect(quantise(150, 2)).toBe(304);
    expect(quantise(0.5, 1)).toBe(16);
    expect(quantise(9000, 2)).toBe(4096);
  });

  it('stays the same while a window is resized within a step', () => {
    const at = (width: number) => ({ tiles: tilesOf([{ what: program, width, height: width * 0.5625 }], 1), rate: 15 });
    expect(sameLook(at(801), at(810))).toBe(true);
    expect(sameLook(at(801), at(830))).toBe(false);
  });

  it('leaves out what can not be seen', () => {
    expect(tilesOf([{ what: program, width: 0, height: 0 }, { what: host, width: 160, height: 90 }], 1)).toEqual([
      { show: 'scene', name: 'host', width: 160, height: 96 },
    ]);
    expect(tilesOf([], 1)).toEqual([]);
  });

  it('asks once for what several canvases show, at the largest size, the program first', () => {
    const shown = [
      { what: host, width: 160, height: 90 },
      { what: { show: 'source', name: 'host' } as const, width: 96, height: 54 },
      { what: host, width: 320, height: 180 },
      { what: program, width: 640, height: 360 },
    ];
    expect(tilesOf(shown, 1)).toEqual([
      { show: 'program', width: 640, height: 368 },
      { show: 'scene', name: 'host', width: 320, height: 192 },
      { show: 'source', name: 'host', width: 96, height: 64 },
    ]);
  });

  it('never asks for more tiles than are drawn', () => {
    const many = Array.from({ length: 200 }, (_, n) => ({ what: { show: 'scene', name: `${n}` } as const, width: 16, height: 16 }));
    const tiles = tilesOf([...many, { what: program, width: 640, height: 360 }], 1);
    expect([tiles.length, tiles[0]?.show]).toEqual([64, 'program']);
  });

  it('asks a software adapter for fewer pictures', () => {
    expect(rateFor('llvmpipe (LLVM 15.0.6, 256 bits)')).toBeLessThan(30);
    expect(rateFor('NVIDIA GeForce RTX 4060')).toBe(30);
  });
});
