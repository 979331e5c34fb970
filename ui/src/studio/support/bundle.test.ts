import { describe, expect, it } from 'vitest';

import { bytesOf, bytesOfAll, piecesOf, sizeOf } from './bundle';

describe('the size of a part', () => {
  it('is that in the file, where a Chinese letter takes three bytes', () => {
    expect(bytesOf('on air')).toBe(6);
    expect(bytesOf('播出中')).toBe(9);
    expect(bytesOfAll([{ part: 'report', text: 'on air' }, { part: 'notes', text: '播出中' }])).toBe(15);
  });

  it('is written short, and never as nothing', () => {
    expect([0, 40, 1_260, 9_960, 12_345, 999_400].map(sizeOf)).toEqual(['0.1', '0.1', '1.3', '10', '12', '999'].map((size) => ({ phrase: 'kilobytes', size })));
    expect([999_600, 1_234_567].map(sizeOf)).toEqual(['1.0', '1.2'].map((size) => ({ phrase: 'megabytes', size })));
  });
});

describe('a text in pieces', () => {
  const joined = (text: string, ...most: [number, number]) => piecesOf(text, ...most).map((piece) => piece.text).join('');

  it('is one piece where it is short', () => {
    expect(piecesOf('')).toEqual([]);
    expect(piecesOf('a\nb\n')).toEqual([{ text: 'a\nb\n', until: 2 }]);
    expect(piecesOf('a\nb')).toEqual([{ text: 'a\nb', until: 2 }]);
  });

  it('breaks after so many lines', () => {
    const text = 'a\n\nc\nd\ne';
    expect(piecesOf(text, 2, 100)).toEqual([
      { text: 'a\n\n', until: 2 },
      { text: 'c\nd\n', until: 4 },
      { text: 'e', until: 5 },
    ]);
  });

  it('breaks between lines where they are long, and within one that is too long by itself', () => {
    expect(piecesOf('aaaa\nbbbb\ncc\n', 9, 8)).toEqual([
      { text: 'aaaa\n', until: 1 },
      { text: 'bbbb\ncc\n', until: 3 },
    ]);
    expect(piecesOf('aaaaaaaaaaa\nb\n', 9, 5)).toEqual([
      { text: 'aaaaa', until: 1 },
      { text: 'aaaaa', until: 1 },
      { text: 'a\nb\n', until: 2 },
    ]);
  });

  it('is the text to the letter', () => {
    const text = Array.from({ length: 5000 }, (_, at) => 'x'.repeat((at * 37) % 211)).join('\n');
    expect(joined(text, 2000, 200_000)).toBe(text);
    expect(joined(text, 7, 100)).toBe(text);
    expect(piecesOf(text).at(-1)?.until).toBe(5000);
  });
});
