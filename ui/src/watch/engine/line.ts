import type { PictureTime } from '../delay';
import { type Tag, elapsed, join, writeTimestamp } from './tags';

/** The server's note at the head of each connection: the UTC of one timestamp. */
export interface Join {
  /** UTC of the media at `timestamp`, µs. */
  utc: number;
  /** Timestamp of the first media tag behind the note, ms. */
  timestamp: number;
  estimated: boolean;
  synchronised: boolean;
  known: boolean;
}

/** Timestamps may step back or ahead so far within a track, ms; beyond, another line of time began. */
const LARGEST_BACK = 500;
const LARGEST_AHEAD = 3000;
/** A track that was announced is waited for so long by the other's timestamps, ms. */
const WAIT_FOR_TRACK = 1500;

/**
 * Puts an FLV connection on a line of its own that begins at 0, so that the place of a picture in the video
 * element is exactly its timestamp less {@link origin}.
 *
 * mpegts.js takes the smallest of the first timestamps in what it is handed first as its zero. So the opening is
 * held back until each track announced has shown its first, and every timestamp is written anew from that zero;
 * nothing then wraps, neither at 2^31 nor at 2^32 ms.
 */
export class Line {
  #held: Tag[] = [];
  #origin: number | null = null;
  #last: Partial<Record<Tag['kind'], number>> = {};

  /** The timestamp at which the video element's time is 0; `null` while the opening is held back. */
  get origin(): number | null {
    return this.#origin;
  }

  /**
   * The bytes to hand to the player for `tags`; `null` when there are none yet. Throws when another line of time
   * began: only a new connection can tell how it lies to the old one.
   */
  take(tags: readonly Tag[], tracks: { audio: boolean; video: boolean }): Uint8Array<ArrayBuffer> | null {
    tags.forEach((tag) => this.#check(tag));
    if (this.#origin === null) {
      this.#held.push(...tags);
      this.#origin = this.#findOrigin(tracks);
      if (this.#origin === null) return null;
      tags = this.#held;
      this.#held = [];
    }
    return tags.length === 0 ? null : join(tags.map((tag) => this.#rebased(tag)));
  }

  /** When the picture at `mediaTime` seconds was taken, by the server's note. */
  pictureTime(note: Join | null, mediaTime: number): PictureTime | null {
    if (note === null || !note.known || this.#origin === null) return null;
    const utc = note.utc / 1000 + elapsed(note.timestamp, this.#origin) + mediaTime * 1000;
    return { utc, estimated: note.estimated || !note.synchronised };
  }

  #check({ kind, media, timestamp }: Tag): void {
    if (!media) return;
    const last = this.#last[kind];
    this.#last[kind] = timestamp;
    if (last === undefined) return;
    const step = elapsed(last, timestamp);
    if (step < -LARGEST_BACK || step > LARGEST_AHEAD) throw new Error(`timestamps step by ${step} ms`);
  }

  #findOrigin(tracks: { audio: boolean; video: boolean }): number | null {
    const media = this.#held.filter((tag) => tag.media);
    const first = media[0];
    if (first === undefined) return null;
    const missing = (['audio', 'video'] as const).some(
      (kind) => tracks[kind] && !media.some((tag) => tag.kind === kind),
    );
    const span = Math.max(...media.map((tag) => elapsed(first.timestamp, tag.timestamp)));
    if (missing && span < WAIT_FOR_TRACK) return null;
    const back = Math.min(...media.map((tag) => elapsed(first.timestamp, tag.timestamp)));
    return (first.timestamp + back) >>> 0;
  }

  #rebased({ bytes, timestamp }: Tag): Uint8Array {
    writeTimestamp(bytes, Math.max(0, elapsed(this.#origin ?? 0, timestamp)));
    return bytes;
  }
}

/** Reads the note from a script tag as mpegts.js hands it out; `null` when it is another or malformed. */
export function readJoin(script: unknown): Join | null {
  const note = field(script, 'anchorJoin');
  const utc = field(note, 'utc');
  const timestamp = field(note, 'timestamp');
  if (typeof utc !== 'number' || typeof timestamp !== 'number') return null;
  return {
    utc,
    timestamp,
    estimated: field(note, 'estimated') === true,
    synchronised: field(note, 'synchronised') === true,
    known: field(note, 'known') === true,
  };
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
