/** What a tile shows. */
export type What = { show: 'program' } | { show: 'scene'; name: string } | { show: 'source'; name: string };

/** A tile that is asked for, in device pixels. */
export type Tile = What & { width: number; height: number };

/** What is visible, and how often it is wanted. */
export interface Look {
  tiles: Tile[];
  /** Pictures a second. */
  rate: number;
}

/** A canvas on the page: what it shows, and its size in CSS pixels; 0 while it can't be seen. */
export interface Shown {
  what: What;
  width: number;
  height: number;
}

const STEP = 16;
const LARGEST = 4096;
/** No more are drawn: the program, and those that came first. */
const MOST_TILES = 64;

/** What is the same for two canvases that show the same. */
export function keyOf(what: What): string {
  return what.show === 'program' ? 'program' : `${what.show}:${what.name}`;
}

/**
 * Device pixels for `css` pixels, in steps of 16 so that a window being resized doesn't change them each frame: never
 * less, because a picture is made to fit the smaller of both sides.
 */
export function quantise(css: number, ratio: number): number {
  return Math.min(LARGEST, Math.max(STEP, Math.ceil((css * ratio) / STEP) * STEP));
}

/** The tiles for what is shown: one for each thing shown, as large as its largest canvas; none for what is hidden. */
export function tilesOf(shown: Iterable<Shown>, ratio: number): Tile[] {
  const tiles = new Map<string, Tile>();
  for (const { what, width, height } of shown) {
    if (width <= 0 || height <= 0) continue;
    const key = keyOf(what);
    const before = tiles.get(key);
    tiles.set(key, {
      ...what,
      width: Math.max(before?.width ?? 0, quantise(width, ratio)),
      height: Math.max(before?.height ?? 0, quantise(height, ratio)),
    });
  }
  return [...tiles.values()].sort(programFirst).slice(0, MOST_TILES);
}

function programFirst(a: Tile, b: Tile): number {
  return Number(b.show === 'program') - Number(a.show === 'program');
}

/** Whether two looks are the same. */
export function sameLook(a: Look, b: Look): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Whether pictures are made by the processor. */
export function isSoftware(adapter: string): boolean {
  return /software|llvmpipe|lavapipe|swiftshader|\bcpu\b/i.test(adapter);
}

/** Pictures a second worth asking for: those that a software adapter composes cost the show's own time. */
export function rateFor(adapter: string): number {
  return isSoftware(adapter) ? 16 : 30;
}
