import type { Ears, Wire } from '../bridge';
import type { Shed, State } from '../bindings';
import type { Look, Tile } from '../../preview/look';
import type { Spot } from '../../preview/packet';
import { drawTile } from './drawing';
import { levelsOf } from './levels';

const IN_FLIGHT = 2;
/** Pictures a second: drawing and encoding take the page's own thread here. */
const fastest: Record<Shed, number> = { nothing: 8, preview_slow: 5, preview_still: 1, filters: 1 };

/** The far end of the way of the pictures: draws, encodes and sends what the page looks at. */
export function sendPictures(ears: Ears, state: () => State): Wire {
  const began = performance.now();
  let look: Look = { tiles: [], rate: 15 };
  let looks = 0;
  let sent = 0;
  let drawn = 0;
  let open = true;
  let next: ReturnType<typeof setTimeout> | undefined;

  const pace = () => fastest[state().machine?.shed ?? 'nothing'];

  async function picture(): Promise<void> {
    next = undefined;
    const at = performance.now();
    if (look.tiles.length > 0 && sent - drawn < IN_FLIGHT) {
      sent += 1;
      const bytes = await encode(state(), look, looks, sent, at - began);
      if (open) ears.message(bytes);
    }
    if (open) next = setTimeout(() => void picture(), Math.max(4, at + 1000 / Math.min(look.rate, pace()) - performance.now()));
  }

  setTimeout(() => {
    if (!open) return;
    ears.opened();
    void picture();
  });
  return {
    send: (text) => {
      const said = JSON.parse(text) as { look?: Look; drawn?: number };
      if (said.look) [look, looks] = [said.look, looks + 1];
      if (said.drawn !== undefined) drawn = said.drawn;
    },
    close: () => {
      open = false;
      clearTimeout(next);
    },
  };
}

/** Tiles one below the other, each with the proportions of the picture. */
function place(tiles: readonly Tile[], shape: number): { spots: Spot[]; width: number; height: number } {
  let y = 0;
  const spots = tiles.map((tile) => {
    const width = Math.floor(Math.min(tile.width, tile.height * shape));
    const height = Math.floor(width / shape);
    const spot = { x: 0, y, width, height };
    y += height;
    return spot;
  });
  return { spots, width: Math.max(...spots.map((spot) => spot.width)), height: y };
}

async function encode(state: State, look: Look, l: number, n: number, ms: number): Promise<ArrayBuffer> {
  const { spots, width, height } = place(look.tiles, state.canvas.width / state.canvas.height);
  const atlas = new OffscreenCanvas(width, height);
  const pen = atlas.getContext('2d', { alpha: false });
  look.tiles.forEach((tile, at) => {
    const spot = spots[at];
    if (pen && spot) drawTile(pen, state, tile, spot, ms);
  });
  const header = {
    n,
    l,
    tick: Math.round((ms * 30) / 1000),
    on_air: state.on_air,
    covered: state.covered,
    width,
    height,
    tiles: spots,
    levels: levelsOf(state, ms),
  };
  const jpeg = await atlas.convertToBlob({ type: 'image/jpeg', quality: 0.8 });
  return pack(new TextEncoder().encode(JSON.stringify(header)), new Uint8Array(await jpeg.arrayBuffer()));
}

function pack(header: Uint8Array, jpeg: Uint8Array): ArrayBuffer {
  const bytes = new Uint8Array(4 + header.length + jpeg.length);
  new DataView(bytes.buffer).setUint32(0, header.length, true);
  bytes.set(header, 4);
  bytes.set(jpeg, 4 + header.length);
  return bytes.buffer;
}
