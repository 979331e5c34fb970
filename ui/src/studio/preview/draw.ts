import type { Atlas } from './decode';
import type { Tile } from './look';
import type { Header, Spot } from './packet';
import type { Surfaces } from './surfaces';
import { Turns } from './turns';

/** A picture, what its tiles were asked for, and what shows the levels that came with it. */
export interface Picture {
  atlas: Atlas;
  header: Header;
  tiles: readonly Tile[];
  levels: () => void;
}

/** A part of the page: canvases that stand together, or the meters. */
type Part = Element | 'meters';

/**
 * Draws pictures into the page: the program at once, the other parts of the page each in a frame of its own.
 *
 * Without a graphics card WebKit paints the rectangle around all that changed since the last frame: with the program
 * above, scenes below and cameras beside it that is the whole window, at three times the processor time of the
 * pictures themselves.
 */
export class Painter {
  /** Whether all parts are drawn in one frame: a graphics card paints each by itself. */
  together = false;
  readonly #turns = new Turns<Part>();
  #picture: Picture | null = null;
  #waiting = false;

  constructor(private readonly surfaces: Surfaces) {}

  /** Another line of pictures begins: they are numbered from 0. */
  restart(): void {
    this.#turns.restart();
    this.#forget();
  }

  /** Draws a picture that is newer than those before, and lets go of it when it has been drawn. */
  draw(picture: Picture): void {
    this.#forget();
    if (this.together) {
      for (const part of this.#parts()) this.#drawPart(picture, part);
      picture.atlas.close();
      return;
    }
    const program = this.surfaces.partOfProgram();
    if (program !== null) this.#drawPart(picture, program);
    this.#picture = picture;
    // What was drawn just now is painted in the next frame: the other parts have their turn from the one behind it on.
    if (!this.#waiting) requestAnimationFrame(() => this.#later());
    this.#waiting = true;
  }

  #later(): void {
    requestAnimationFrame(() => {
      this.#waiting = false;
      const picture = this.#picture;
      if (picture === null) return;
      const part = this.#turns.next(this.#parts(), picture.header.n);
      if (part === null) return this.#forget();
      this.#drawPart(picture, part);
      this.#waiting = true;
      this.#later();
    });
  }

  #parts(): Part[] {
    return [...this.surfaces.parts(), 'meters'];
  }

  #drawPart({ atlas, header, tiles, levels }: Picture, part: Part): void {
    this.#turns.drew(part, header.n);
    if (part === 'meters') return levels();
    header.tiles.forEach((spot, at) => {
      const tile = tiles[at];
      if (tile === undefined || spot.width === 0 || spot.height === 0) return;
      for (const canvas of this.surfaces.showing(tile, part)) drawTile(atlas.image, spot, canvas);
    });
  }

  #forget(): void {
    this.#picture?.atlas.close();
    this.#picture = null;
  }
}

/** One to one: what scaling is left is done when the page is composed. */
function drawTile(atlas: CanvasImageSource, { x, y, width, height }: Spot, canvas: HTMLCanvasElement): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  canvas.getContext('2d', { alpha: false })?.drawImage(atlas, x, y, width, height, 0, 0, width, height);
}
