/** What the player should do to stay near the live edge. */
export interface Step {
  /** Playback rate. */
  rate: number;
  /** Seconds before the newest picture to jump to, or `null` to go on. */
  jumpTo: number | null;
}

/** Seconds of media ahead of the picture to begin with. */
export const FIRST_TARGET = 0.4;
const LARGEST_TARGET = 2.5;
/** Seconds beyond the target that are jumped over rather than played off faster. */
const JUMP_BEYOND = 1.5;
/** Seconds beyond the target at which playing off begins, and at which it ends. */
const FASTER_BEYOND = 0.12;
const NORMAL_BEYOND = 0.03;
const FASTEST = 1.1;
/** Below this part of the target the picture is slowed a little, rather than let run dry. */
const SLOWER_BELOW = 0.4;
const SLOWEST = 0.95;
/** On a new connection, seconds beyond the target that are jumped over at once. */
const JUMP_AT_START = 0.25;
/** Media arrives in bursts; only what stays ahead for this long, in ms, is surplus. */
const WINDOW = 600;
/** Without a stall for this long, in ms, the target shrinks by a step. */
const CALM = 20_000;

/**
 * Keeps as little media ahead of the picture as the network allows: plays a little faster while there is surplus,
 * a little slower before it runs dry, jumps when there is much, and asks for more after each stall. A state machine: no clock, no player.
 */
export class Pace {
  #target = FIRST_TARGET;
  #calmSince: number | null = null;
  #faster = false;
  #fresh = true;
  #recent: { at: number; ahead: number }[] = [];

  /** Seconds of media ahead of the picture that are aimed at. */
  get target(): number {
    return this.#target;
  }

  /** A new connection begins: it may open with media from some seconds ago. */
  connected(): void {
    this.#fresh = true;
    this.#recent = [];
  }

  /** The picture stood still for want of media, or the player was restarted for it. */
  stalled(now: number): void {
    this.#target = Math.min(LARGEST_TARGET, this.#target * 1.5);
    this.#calmSince = now;
    this.#recent = [];
    this.#faster = false;
  }

  /** At `now` (ms) there are `ahead` seconds of media beyond the picture. Call it about ten times a second. */
  step(now: number, ahead: number): Step {
    this.#calm(now);
    this.#recent = [...this.#recent.filter(({ at }) => now - at <= WINDOW), { at: now, ahead }];
    const surplus = Math.min(...this.#recent.map((sample) => sample.ahead)) - this.#target;
    const far = surplus > (this.#fresh ? JUMP_AT_START : JUMP_BEYOND);
    this.#fresh = false;
    if (far) return this.#jump();
    this.#faster = surplus > (this.#faster ? NORMAL_BEYOND : FASTER_BEYOND);
    const dry = ahead < this.#target * SLOWER_BELOW;
    return { rate: this.#faster ? FASTEST : dry ? SLOWEST : 1, jumpTo: null };
  }

  /** What was seen before a jump no longer counts. */
  #jump(): Step {
    this.#recent = [];
    this.#faster = false;
    return { rate: 1, jumpTo: this.#target };
  }

  #calm(now: number): void {
    this.#calmSince ??= now;
    if (now - this.#calmSince < CALM) return;
    this.#calmSince = now;
    this.#target = Math.max(FIRST_TARGET, this.#target * 0.9);
  }
}
