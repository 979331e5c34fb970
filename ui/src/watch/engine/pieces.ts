/** Pieces remembered: far more than are kept to be played. */
const KEPT = 200;

/** The pieces of a show that were put into the video element, and when each was taken. */
export class Pieces {
  #pieces: { place: number; utc: number }[] = [];

  /** A piece begins at `place` (seconds of the video element) and was taken at `utc` (ms; NaN when not known). */
  add(place: number, utc: number): void {
    this.#pieces = this.#pieces.filter((piece) => piece.place !== place).slice(1 - KEPT);
    this.#pieces.push({ place, utc });
    this.#pieces.sort((a, b) => a.place - b.place);
  }

  /** When the picture at `place` was taken, ms of UTC; `null` when that is not known. */
  utc(place: number): number | null {
    // A picture may bear a time a hair before that of its piece.
    const piece = this.#pieces.findLast((candidate) => candidate.place <= place + 0.001);
    if (piece === undefined || Number.isNaN(piece.utc)) return null;
    return piece.utc + (place - piece.place) * 1000;
  }
}
