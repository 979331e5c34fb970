import type { State } from '../bindings';
import type { Tile } from '../../preview/look';

type Pen = OffscreenCanvasRenderingContext2D;
interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

const hues = [18, 172, 262, 330, 212, 96];

/** Draws what a tile shows, `ms` after the start. */
export function drawTile(pen: Pen, state: State, tile: Tile, box: Box, ms: number): void {
  pen.save();
  pen.beginPath();
  pen.rect(box.x, box.y, box.width, box.height);
  pen.clip();
  pen.fillStyle = '#0a0b0e';
  pen.fillRect(box.x, box.y, box.width, box.height);
  if (tile.show === 'source') drawSource(pen, state, tile.name, box, ms);
  else if (tile.show === 'scene') drawScene(pen, state, tile.name, box, ms);
  else if (state.covered) drawCover(pen, box, ms);
  else drawScene(pen, state, state.on_air, box, ms);
  pen.restore();
}

function drawScene(pen: Pen, state: State, name: string, box: Box, ms: number): void {
  const scene = state.scenes.find((each) => each.name === name);
  for (const { source, rect } of scene?.layer ?? []) {
    if (source) drawSource(pen, state, source, rect ? within(box, rect, state.canvas) : box, ms);
  }
}

function within(box: Box, rect: Box, canvas: { width: number; height: number }): Box {
  const [across, down] = [box.width / canvas.width, box.height / canvas.height];
  return { x: box.x + rect.x * across, y: box.y + rect.y * down, width: rect.width * across, height: rect.height * down };
}

/** A room of its own colour, with a lamp that swings and a clock by which a picture can be told from the next. */
function drawSource(pen: Pen, state: State, name: string, { x, y, width, height }: Box, ms: number): void {
  const at = state.pictures.findIndex((each) => each.name === name);
  const source = state.pictures[at];
  if (source === undefined) return;
  const hue = hues[at % hues.length] ?? 0;
  const now = source.live ? ms : 0;
  const wall = pen.createLinearGradient(x, y, x, y + height);
  wall.addColorStop(0, `hsl(${hue} 34% 62%)`);
  wall.addColorStop(1, `hsl(${hue} 40% 26%)`);
  pen.fillStyle = wall;
  pen.fillRect(x, y, width, height);
  pen.fillStyle = `hsl(${hue} 30% 18%)`;
  pen.fillRect(x, y + height * 0.74, width, height * 0.26);
  const swing = Math.sin(now / 900 + at);
  disc(pen, x + width * (0.5 + 0.18 * swing), y + height * 0.5, height * 0.2, `hsl(${hue + 30} 55% 78%)`);
  disc(pen, x + width * (0.5 + 0.18 * swing), y + height * 0.9, height * 0.3, `hsl(${hue - 20} 45% 46%)`);
  pen.fillStyle = 'rgb(0 0 0 / 45%)';
  pen.fillRect(x, y, (width * (now % 2000)) / 2000, Math.max(2, height * 0.015));
}

function disc(pen: Pen, x: number, y: number, radius: number, color: string): void {
  pen.fillStyle = color;
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
}

function drawCover(pen: Pen, { x, y, width, height }: Box, ms: number): void {
  pen.fillStyle = '#243049';
  pen.fillRect(x, y, width, height);
  for (let n = 0; n < 3; n++) {
    const lit = Math.floor(ms / 500) % 3 === n;
    disc(pen, x + width * (0.44 + 0.06 * n), y + height * 0.5, height * 0.03, lit ? '#fff' : '#7f8db0');
  }
}
