import type { Tile } from './look';
import type { Header, Spot } from './packet';
import type { Surfaces } from './surfaces';

/** Draws each tile of the atlas into the canvases that show it. */
export function drawAtlas(atlas: ImageBitmap, header: Header, tiles: readonly Tile[], surfaces: Surfaces): void {
  header.tiles.forEach((spot, at) => {
    const tile = tiles[at];
    if (tile === undefined || spot.width === 0 || spot.height === 0) return;
    for (const canvas of surfaces.showing(tile)) drawTile(atlas, spot, canvas);
  });
}

/** One to one: what scaling is left is done when the page is composed. */
function drawTile(atlas: ImageBitmap, { x, y, width, height }: Spot, canvas: HTMLCanvasElement): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  canvas.getContext('2d', { alpha: false })?.drawImage(atlas, x, y, width, height, 0, 0, width, height);
}
