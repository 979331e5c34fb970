import type UPlot from 'uplot';

import type { Graph } from './graphs';
import { forms, HEIGHT_OF_STRIP, runsOf, type Run } from './strip';

/** Pixels. */
const ABOVE_STRIP = 3;
/** What is bad is seen, however short it was. */
const SHORTEST_RUN = 2;

/** What a strip takes between a graph and its times. */
export const ROOM_OF_STRIP = ABOVE_STRIP + HEIGHT_OF_STRIP;

/** Paints how strong the line was, if the graph tells; `colour` resolves a token. */
export function paintStrip(plot: UPlot, { times, step, strengths }: Graph, colour: (token: string) => string): void {
  plot.ctx.save();
  for (const run of runsOf(times, step, strengths ?? [])) paintRun(plot, run, colour);
  plot.ctx.restore();
}

function paintRun(plot: UPlot, { strength, from, until }: Run, colour: (token: string) => string): void {
  const { ctx, bbox } = plot;
  const { colour: token, height, dash } = forms[strength];
  /** Points of the canvas in a pixel. */
  const ratio = ctx.canvas.width / plot.width;
  const right = bbox.left + bbox.width;
  const start = Math.min(plot.valToPos(from, 'x', true), right - SHORTEST_RUN * ratio);
  const end = Math.min(right, Math.max(plot.valToPos(until, 'x', true), start + SHORTEST_RUN * ratio));
  const y = bbox.top + bbox.height + (ROOM_OF_STRIP - height / 2) * ratio;
  ctx.strokeStyle = colour(token);
  ctx.lineWidth = height * ratio;
  // Begun with each run anew: the shortest is no gap.
  ctx.setLineDash(dash.map((pixels) => pixels * ratio));
  ctx.beginPath();
  ctx.moveTo(start, y);
  ctx.lineTo(end, y);
  ctx.stroke();
}
