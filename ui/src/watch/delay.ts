import type { Offset } from './clock';

/** When a picture was taken, as far as the stream says. */
export interface PictureTime {
  /** UTC of the picture, ms. */
  utc: number;
  /** Whether the server had to guess it, or the studio's clock was not set by the server's. */
  estimated: boolean;
}

/** A delay from camera to screen, ms. */
export interface Delay {
  delay: number;
  error: number;
  estimated: boolean;
}

interface Shown {
  at: number;
  picture: PictureTime;
}

/** How long a picture counts towards the figure, ms: short, since a player that catches up changes its delay. */
const WINDOW = 300;
/** How long the newest picture counts when there is no other, ms. */
const LONGEST = 2000;

/** Averages the delays of the pictures just shown. */
export class DelayMeter {
  #shown: Shown[] = [];

  /** A picture taken at `picture` came on screen at `at` (page clock, ms). */
  shown(at: number, picture: PictureTime | null): void {
    if (picture === null) this.#shown = [];
    else this.#shown.push({ at, picture });
    this.#forget(at);
  }

  /** Forgets what was shown before: another line of time begins. */
  reset(): void {
    this.#shown = [];
  }

  /**
   * The delay of what was shown up to `now`; `null` when nothing was shown lately, the offset is not known, or
   * the figure is impossible: a picture from the future tells that its stamps are wrong.
   */
  read(now: number, offset: Offset | null): Delay | null {
    this.#forget(now);
    if (offset === null || this.#shown.length === 0) return null;
    let sum = 0;
    for (const { at, picture } of this.#shown) sum += at + offset.offset - picture.utc;
    const delay = sum / this.#shown.length;
    const estimated = this.#shown.some(({ picture }) => picture.estimated);
    return delay < -offset.error ? null : { delay: Math.max(0, delay), error: offset.error, estimated };
  }

  #forget(now: number): void {
    const newest = this.#shown.at(-1);
    this.#shown = this.#shown.filter(
      (shown) => now - shown.at <= WINDOW || (shown === newest && now - shown.at <= LONGEST),
    );
  }
}

/**
 * Seconds with one decimal, and the error rounded up to the next tenth: "0.8 ± 0.1". An estimate has no error that
 * could be vouched for: "0.8".
 */
export function writeDelay({ delay, error, estimated }: Delay, locale: string): string {
  const tenths = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const seconds = tenths.format(delay / 1000);
  const bound = Math.max(0.1, Math.ceil((error / 1000) * 10) / 10);
  return estimated ? seconds : `${seconds} ± ${tenths.format(bound)}`;
}
