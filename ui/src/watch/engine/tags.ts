/** A tag of an FLV file: eleven bytes of header, the body, and the length of both again. */
export interface Tag {
  kind: 'audio' | 'video' | 'script' | 'other';
  /** ms; wraps at 2^32. */
  timestamp: number;
  /** Whether it holds sound or a picture, not the decoder's configuration or a note. */
  media: boolean;
  /** The whole tag, header and trailing length included. */
  bytes: Uint8Array<ArrayBuffer>;
}

const FILE_HEADER = 13;
const TAG_HEADER = 11;
/** The largest body taken; the server's own limit on a message is lower. */
const LARGEST_BODY = 8 << 20;

/**
 * Cuts an FLV stream into its file header and whole tags (Adobe Flash Video File Format 10.1, annex E).
 * Bounded: a tag that announces too large a body, and anything that is no FLV, throws.
 */
export class TagReader {
  #pending: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #header: Uint8Array<ArrayBuffer> | null = null;

  /** The file header with the first "previous length", once it has arrived. */
  get header(): Uint8Array<ArrayBuffer> | null {
    return this.#header;
  }

  /** Whether the header announces sound, pictures. */
  get tracks(): { audio: boolean; video: boolean } {
    const flags = this.#header?.[4] ?? 0;
    return { audio: (flags & 4) !== 0, video: (flags & 1) !== 0 };
  }

  /** Takes the next bytes, answers the tags they complete. */
  push(bytes: Uint8Array): Tag[] {
    this.#pending = join([this.#pending, bytes]);
    let at = this.#header === null ? this.#readHeader() : 0;
    const tags: Tag[] = [];
    for (let tag = this.#tag(at); tag !== null; tag = this.#tag(at)) {
      tags.push(tag);
      at += tag.bytes.length;
    }
    this.#pending = this.#pending.slice(at);
    return tags;
  }

  #readHeader(): number {
    const bytes = this.#pending;
    if (bytes.length < FILE_HEADER) return 0;
    if (bytes[0] !== 0x46 || bytes[1] !== 0x4c || bytes[2] !== 0x56) throw new Error('not an FLV stream');
    this.#header = bytes.slice(0, FILE_HEADER);
    return FILE_HEADER;
  }

  #tag(at: number): Tag | null {
    if (this.#header === null || this.#pending.length < at + TAG_HEADER) return null;
    const view = new DataView(this.#pending.buffer, at);
    const length = view.getUint32(0) & 0xffffff;
    if (length > LARGEST_BODY) throw new Error('a tag too large');
    const end = at + TAG_HEADER + length + 4;
    if (this.#pending.length < end) return null;
    const bytes = this.#pending.slice(at, end);
    return { kind: kindOf(bytes[0] ?? 0), timestamp: readTimestamp(bytes), media: isMedia(bytes), bytes };
  }
}

/** The timestamp in a tag's header: 24 bits, then the upper 8. */
function readTimestamp(tag: Uint8Array): number {
  const [high = 0, middle = 0, low = 0, highest = 0] = tag.subarray(4, 8);
  return ((highest << 24) | (high << 16) | (middle << 8) | low) >>> 0;
}

/** Writes `timestamp` into a tag's header. */
export function writeTimestamp(tag: Uint8Array, timestamp: number): void {
  tag.set([timestamp >>> 16, timestamp >>> 8, timestamp, timestamp >>> 24].map((byte) => byte & 0xff), 4);
}

/** `to - from` for timestamps that wrap at 2^32 ms. */
export function elapsed(from: number, to: number): number {
  return (to - from) | 0;
}

/** One array with the bytes of all. */
export function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function kindOf(type: number): Tag['kind'] {
  return ({ 8: 'audio', 9: 'video', 18: 'script' } as const)[type & 0x1f] ?? 'other';
}

/** AAC and AVC put a packet type behind the first byte (0: configuration); Enhanced FLV puts it into that byte. */
function isMedia(tag: Uint8Array): boolean {
  const kind = kindOf(tag[0] ?? 0);
  const first = tag[TAG_HEADER] ?? 0;
  const second = tag[TAG_HEADER + 1] ?? 0;
  if (tag.length < TAG_HEADER + 4 + 2) return false;
  if (kind === 'audio') {
    const format = first >> 4;
    return format === 10 ? second === 1 : format === 9 ? (first & 15) === 1 : true;
  }
  if (kind !== 'video') return false;
  if ((first & 0x80) !== 0) return [1, 3].includes(first & 15);
  return (first & 15) === 7 ? second === 1 : true;
}
