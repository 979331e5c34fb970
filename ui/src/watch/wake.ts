/** Milliseconds by which the time of day may run ahead of the page's clock, or be set, without a sleep. */
const STEP = 1000;

/**
 * Tells when the device slept: in some browsers the page's clock stands still meanwhile, the time of day never does. A time of
 * day that is set anew looks the same, which does no harm.
 */
export class Wake {
  #ahead: number | null = null;

  /** With the page's clock at `now` it is `today` (both ms): whether the device slept since the last look. */
  look(now: number, today: number): boolean {
    const ahead = today - now;
    const slept = this.#ahead !== null && Math.abs(ahead - this.#ahead) > STEP;
    this.#ahead = ahead;
    return slept;
  }
}
