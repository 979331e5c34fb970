/** How long the button is held, in milliseconds. */
export const HOLD = 1000;

/** What a button is held by. */
export type By = 'pointer' | 'key';

/** What follows from letting go too early. */
export type Early = 'hint' | 'confirm';

/**
 * A button that acts when it was held for a second. Held too short by a pointer it says so; pressed by a key, or by
 * a screen reader (which only ever clicks), it asks instead.
 */
export class Hold {
  #held: { by: By; since: number } | null = null;
  /** Whether the click that follows belongs to a press that has been dealt with. */
  #clickIsOurs = false;

  get holding(): boolean {
    return this.#held !== null;
  }

  press(by: By, now: number): void {
    this.#held ??= { by, since: now };
    // A key's own click is prevented; a pointer's follows when it is let go.
    this.#clickIsOurs = by === 'pointer';
  }

  /** Whether it has been held long enough by `now`; once only. */
  due(now: number): boolean {
    if (this.#held === null || now - this.#held.since < HOLD) return false;
    this.#held = null;
    return true;
  }

  /** It was let go. */
  release(): Early | null {
    const held = this.#held;
    this.#held = null;
    if (held === null) return null;
    return held.by === 'key' ? 'confirm' : 'hint';
  }

  /** It lost the focus or the pointer was taken away: nothing follows. */
  cancel(): void {
    this.#held = null;
    this.#clickIsOurs = false;
  }

  /** A click. One that no press came before is a screen reader's. */
  click(): Early | null {
    const ours = this.#clickIsOurs;
    this.#clickIsOurs = false;
    return ours ? null : 'confirm';
  }
}
