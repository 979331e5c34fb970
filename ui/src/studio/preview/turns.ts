/** In which order the parts of a page are drawn when one is drawn at a time. */
export class Turns<Part> {
  readonly #drawn = new Map<Part, number>();

  /** The part of `parts` that shows the oldest picture, if that is older than picture `newest`; the first of equals. */
  next(parts: readonly Part[], newest: number): Part | null {
    // What is no longer in the page is not kept.
    for (const part of this.#drawn.keys()) if (!parts.includes(part)) this.#drawn.delete(part);
    let oldest: Part | null = null;
    let at = newest;
    for (const part of parts) {
      const drawn = this.#drawn.get(part) ?? -1;
      if (drawn < at) [oldest, at] = [part, drawn];
    }
    return oldest;
  }

  /** `part` shows picture `number`. */
  drew(part: Part, number: number): void {
    this.#drawn.set(part, number);
  }

  /** Pictures begin anew at 0. */
  restart(): void {
    this.#drawn.clear();
  }
}
