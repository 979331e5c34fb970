/** Where a tile stands in the atlas, in its pixels. */
export interface Spot {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A level of sound in dBFS. */
export interface Level {
  peak_db: number;
  rms_db: number;
}

/** The levels at the time of a picture. */
export interface Levels {
  program: Level;
  limiter_db: number;
  /** `clipped`: samples that came in at full scale, since the start. */
  sounds: (Level & { name: string; clipped: number; heard: boolean })[];
}

/** What stands before each picture. */
export interface Header {
  /** Number of the picture. */
  n: number;
  /** Number of the look it answers. */
  l: number;
  /** Number of the program frame. */
  tick: number;
  /** The scene of the program frame in it. */
  on_air: string;
  covered: boolean;
  width: number;
  height: number;
  /** In the order of the look's tiles. */
  tiles: Spot[];
  levels?: Levels | null;
}

/** One message: the header, and the atlas as a JPEG; empty where only the levels are told. */
export interface Packet {
  header: Header;
  jpeg: Uint8Array<ArrayBuffer>;
}

const LARGEST_HEADER = 1 << 20;
const text = new TextDecoder();

/** Takes a message apart: length of the header (u32, little endian), header (JSON), JPEG. `null` if it is not one. */
export function parsePacket(bytes: ArrayBuffer): Packet | null {
  if (bytes.byteLength < 4) return null;
  const length = new DataView(bytes).getUint32(0, true);
  if (length > LARGEST_HEADER || 4 + length > bytes.byteLength) return null;
  const header = readHeader(text.decode(new Uint8Array(bytes, 4, length)));
  return header && { header, jpeg: new Uint8Array(bytes, 4 + length) };
}

function readHeader(json: string): Header | null {
  try {
    const header = JSON.parse(json) as Header | null;
    return typeof header?.n === 'number' && Array.isArray(header.tiles) ? header : null;
  } catch {
    return null;
  }
}
