import type { PictureTime } from '../delay';
import type { Frame } from '../frames';

/** What a player tells the page. */
export interface EngineEvents {
  /** It ended and can't go on by itself; why, for those who debug. */
  ended(why: string): void;
  /** This way leads nowhere, now or later; why, for those who debug. */
  unfit(why: string): void;
}

/** One way of bringing a show into a video element. Used once: started, then stopped. */
export interface Engine {
  /** The name of the way in what is reported to the server. */
  readonly protocol: 'flv' | 'll-hls' | 'whep';
  /** Whether the video element tells when the picture stands still for want of media. */
  readonly tellsStalls: boolean;
  /** Begins to play into `video`. */
  start(video: HTMLVideoElement, events: EngineEvents): Promise<void>;
  /** Lets go of the video element and the network. */
  stop(): void;
  /** Keeps the picture near the live edge; called about ten times a second with the page's clock, ms. */
  tick(now: number): void;
  /** The picture stood still for want of media. */
  stalled(now: number): void;
  /** Jumps to the newest picture that can be shown. */
  toLiveEdge(): void;
  /** When the picture that came on screen was taken; `null` when that is not known. */
  pictureTime(frame: Frame): PictureTime | null;
}

/** Seconds of media beyond the picture; 0 when there is none. */
export function ahead(video: HTMLVideoElement): number {
  const { buffered, currentTime } = video;
  return buffered.length === 0 ? 0 : Math.max(0, buffered.end(buffered.length - 1) - currentTime);
}

/** Seconds before a hole at which it is passed, so that the picture need not stand still first. */
const BEFORE_HOLE = 0.12;
/** Seconds behind a hole, lest rounding leads back into it. */
const BEHIND_HOLE = 0.01;

/**
 * Where the picture at `at` seconds goes on behind a hole in what has arrived; `null` while it is before none. There is
 * one where another decoder configuration begins: mpegts.js puts the last picture of the old one behind the new, where
 * browsers leave it out.
 */
export function behindHole(buffered: TimeRanges, at: number): number | null {
  for (let next = 1; next < buffered.length; next++) {
    const isBefore = at >= buffered.end(next - 1) - BEFORE_HOLE && at < buffered.start(next);
    if (isBefore) return buffered.start(next) + BEHIND_HOLE;
  }
  return null;
}

/** Moves the picture to `seconds` before the end of what has arrived. */
export function jump(video: HTMLVideoElement, seconds: number): void {
  const { buffered } = video;
  if (buffered.length === 0) return;
  const last = buffered.length - 1;
  video.currentTime = Math.max(buffered.start(last), buffered.end(last) - seconds);
}
