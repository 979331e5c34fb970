import type { BundlePart, Part } from '../bridge/bindings';
import type { Phrase } from '../words/words';

/** What a part of the file is called, and what it tells. */
export const parts: Record<Part, { title: Phrase; text: Phrase }> = {
  report: { title: 'fileReport', text: 'fileReportText' },
  about: { title: 'fileAbout', text: 'fileAboutText' },
  show: { title: 'fileShow', text: 'fileShowText' },
  history: { title: 'fileHistory', text: 'fileHistoryText' },
  notes: { title: 'fileNotes', text: 'fileNotesText' },
};

/** How much of a text is shown at once: a page halts over more. */
const LINES = 2000;
const CHARACTERS = 200_000;

/** How large a text is in the file, in bytes. */
export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** How large all parts are together, in bytes. */
export function bytesOfAll(all: readonly BundlePart[]): number {
  return all.reduce((bytes, { text }) => bytes + bytesOf(text), 0);
}

/** A size as people write it: never 0, for something is there. */
export function sizeOf(bytes: number): { phrase: 'kilobytes' | 'megabytes'; size: string } {
  const [kilobytes, tenths] = [Math.round(bytes / 1000), Math.max(1, Math.round(bytes / 100))];
  if (tenths < 100) return { phrase: 'kilobytes', size: (tenths / 10).toFixed(1) };
  if (kilobytes < 1000) return { phrase: 'kilobytes', size: String(kilobytes) };
  return { phrase: 'megabytes', size: (bytes / 1e6).toFixed(1) };
}

/** A piece of a text, and the number of the line that it ends with. */
export interface Piece {
  text: string;
  until: number;
}

/** A text in pieces that can be shown one after another: one after another they are the text, to the letter. */
export function piecesOf(text: string, lines = LINES, characters = CHARACTERS): Piece[] {
  const pieces: Piece[] = [];
  for (let from = 0, until = 0; from < text.length; ) {
    const { end, count, whole } = cut(text, from, lines, characters);
    pieces.push({ text: text.slice(from, end), until: until + count });
    // What is left of a line that was cut is the same line.
    until += whole ? count : count - 1;
    from = end;
  }
  return pieces;
}

/** Where the piece that begins at `from` ends, how many lines it holds, and whether the last of them is whole. */
function cut(text: string, from: number, lines: number, characters: number): { end: number; count: number; whole: boolean } {
  let end = from;
  let count = 0;
  while (count < lines && end < text.length) {
    const line = endOfLine(text, end);
    if (line - from > characters) break;
    end = line;
    count += 1;
  }
  // A line that is too long by itself is cut within.
  return count > 0 ? { end, count, whole: true } : { end: from + characters, count: 1, whole: false };
}

function endOfLine(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at + 1;
}
