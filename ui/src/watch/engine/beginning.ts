/** A part of a low-latency playlist. */
export interface Part {
  /** Seconds on the playlist's line. */
  start: number;
  /** Whether decoding can begin with it. */
  independent: boolean;
}

/** Seconds of media that there have to be behind the place where playing begins, lest it stands still at once. */
const LEAST_AHEAD = 0.6;

/** Where to begin so that the first part to come makes a picture, near `edge`, the end of the newest; `null` when no part does. */
export function beginning(parts: readonly Part[], edge: number): number | null {
  const fit = parts.filter(({ start, independent }) => independent && edge - start >= LEAST_AHEAD);
  return fit.at(-1)?.start ?? null;
}
