/** Pieces remembered: far more than are kept to be played. */
const KEPT = 200;

interface Piece {
  /** Where it begins, in seconds of the video element. */
  place: number;
  /** When that was taken, ms of UTC. */
  utc: number;
  /** Number of the line of time it is on. */
  line: number;
}

/** The pieces of a show that were put into the video element, and when each was taken. */
export class Pieces {
  #pieces: Piece[] = [];

  /** A piece of line `line` begins at `place` and was taken at `utc`, which is NaN when not known. */
  add(place: number, utc: number, line: number): void {
    this.#pieces = this.#pieces.filter((piece) => piece.place !== place).slice(1 - KEPT);
    if (Number.isNaN(utc)) return;
    this.#pieces.push({ place, utc, line });
    this.#pieces.sort((a, b) => a.place - b.place);
  }

  /**
   * When the picture at `place` was taken, ms of UTC; `null` when that is not known. The newest piece of the
   * picture's line tells: where the server guesses, it guesses ever better.
   */
  utc(place: number): number | null {
    // A picture may bear a time a hair before that of its piece.
    const line = this.#pieces.findLast((piece) => piece.place <= place + 0.001)?.line;
    const newest = this.#pieces.findLast((piece) => piece.line === line);
    return newest === undefined ? null : newest.utc + (place - newest.place) * 1000;
  }
}

/** Seconds kept behind the picture, and how many more may gather before they are removed. */
const KEPT_BEHIND = 8;
const GATHERED_BEHIND = 20;

/** What of the media from `first` up to the picture at `place` is to be removed, if anything yet. */
export function played(first: number, place: number): { startOffset: number; endOffset: number } | null {
  const endOffset = place - KEPT_BEHIND;
  return endOffset - first < GATHERED_BEHIND ? null : { startOffset: 0, endOffset };
}
