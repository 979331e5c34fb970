import type { PictureTime } from '../delay';

/** Ticks a millisecond of the RTP clock of pictures (RFC 6184, 8.2.1). */
const TICKS = 90;
/** Between two questions for the clock, ms: two machines' clocks drift apart by some tens of milliseconds an hour. */
const ASK_EVERY = 10_000;
/** The same while it isn't known. */
const ASK_AGAIN = 1_000;

/** Which moment an RTP timestamp stands for. */
interface Point {
  rtp: number;
  utc: number;
  estimated: boolean;
}

/** The clock of a session's pictures, as its server tells it. */
export class RtpClock {
  #point: Point | null = null;
  #next = 0;

  /** Whether to ask for it at `now` (page clock, ms); the next time isn't before a while. */
  isDue(now: number): boolean {
    const due = now >= this.#next;
    if (due) this.#next = now + (this.#point === null ? ASK_AGAIN : ASK_EVERY);
    return due;
  }

  /** Takes the server's answer; what is none changes nothing. */
  take(answer: unknown): void {
    if (typeof answer !== 'object' || answer === null) return;
    const { rtp, utc, estimated } = answer as Record<string, unknown>;
    if (typeof rtp !== 'number' || typeof utc !== 'number') return;
    this.#point = { rtp, utc, estimated: estimated !== false };
  }

  /** When the picture with the RTP timestamp `rtp` was taken; `null` while the clock isn't known. */
  at(rtp: number): PictureTime | null {
    if (this.#point === null) return null;
    // Timestamps have 32 bits and wrap: the nearer way round.
    const ticks = (rtp - this.#point.rtp) | 0;
    return { utc: this.#point.utc + ticks / TICKS, estimated: this.#point.estimated };
  }
}
