/** Milliseconds without a movement after which the viewer is taken to be only watching. */
export const REST_AFTER = 4000;

/** Tells when a viewer only watches: nothing was moved, pressed or come to for a while. */
export class Rest {
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Calls `change` with whether the viewer only watches, each time that changes or is confirmed. */
  constructor(private readonly change: (rests: boolean) => void) {}

  /** Something was moved, pressed or come to. */
  stir(): void {
    this.stop();
    this.change(false);
    this.#timer = setTimeout(() => this.change(true), REST_AFTER);
  }

  /** Nothing more is told. */
  stop(): void {
    clearTimeout(this.#timer);
  }
}
