import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

import { writeTime } from '../figures';
import type { Graph, Line } from './graphs';
import { paintStrip, ROOM_OF_STRIP } from './paint';

/** Pixels. */
const HEIGHT_OF_TIMES = 22;
const WIDTH_OF_VALUES = 38;
/** Seconds that a graph shows at least: the first few of a show don't fill it. */
const SHORTEST = 60;
/** Seconds from one mark of the times to the next. */
const STEPS = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];
/** Skipped pictures stay in the lowest part of a graph. */
const PART_OF_BARS = 4;
const FEWEST_BARS = 12;

/** A graph on the page. */
export interface Plot {
  /** Shows other values of the same lines. */
  show(graph: Graph): void;
  resize(width: number, height: number): void;
  /** Takes the colours anew. */
  recolour(): void;
  remove(): void;
}

/** Draws `graph` into `host`; calls `pointed` with the stretch that the pointer is at, `null` for none. */
export function draw(host: HTMLElement, graph: Graph, pointed: (at: number | null) => void): Plot {
  let shown = graph;
  const plot = new UPlot(optionsOf(host, () => shown, pointed), dataOf(graph), host);
  return {
    show: (next) => {
      shown = next;
      plot.setData(dataOf(next));
    },
    resize: (width, height) => plot.setSize({ width, height }),
    recolour: () => plot.redraw(false, true),
    remove: () => plot.destroy(),
  };
}

/** As uPlot takes it: the times, then the values of each line. */
function dataOf({ times, lines }: Graph): UPlot.AlignedData {
  return [times, ...lines.map(({ values }) => values)];
}

function optionsOf(host: HTMLElement, shown: () => Graph, pointed: (at: number | null) => void): UPlot.Options {
  const graph = shown();
  const colour = (token: string) => () => resolve(host, token);
  const upTo = (least: () => number, room: number): UPlot.Range.Function => (_, __, max) => [0, Math.max(least(), max ?? 0) * room];
  const axis = {
    stroke: colour('--quiet'),
    font: `11px ${getComputedStyle(host).fontFamily}`,
    ticks: { show: false },
    grid: { stroke: colour('--line'), width: 1 },
    gap: 6,
  } satisfies UPlot.Axis;
  const strip = graph.strengths === null ? 0 : ROOM_OF_STRIP;
  const values = { size: WIDTH_OF_VALUES, space: 26 };
  const twoAxes = graph.lines.some(({ scale }) => scale === 'right');
  return {
    width: host.clientWidth,
    height: host.clientHeight,
    padding: [8, 16, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 }, sync: { key: 'support' } },
    scales: {
      x: { time: false, range: (_, min, max) => [min, Math.max(max, min + (shown().span ?? SHORTEST))] },
      left: { range: upTo(() => shown().reach, 1.08) },
      right: { range: upTo(() => 5, 1.5) },
      none: { range: upTo(() => FEWEST_BARS, PART_OF_BARS) },
    },
    axes: [
      { ...axis, size: HEIGHT_OF_TIMES + strip, gap: axis.gap + strip, space: 70, incrs: STEPS, values: (_, times) => times.map(writeTime) },
      { ...axis, scale: 'left', ...values },
      { ...axis, scale: 'right', side: 1, ...values, show: twoAxes, grid: { show: false }, values: (_, parts) => parts.map((part) => `${part} %`) },
    ],
    series: [{}, ...graph.lines.map((line) => seriesOf(line, colour(line.colour)))],
    hooks: {
      setCursor: [({ cursor }) => pointed(cursor.idx ?? null)],
      draw: [(plot) => paintStrip(plot, shown(), (token) => resolve(host, token))],
    },
  };
}

function seriesOf({ form, scale, width, dash }: Line, colour: () => string): UPlot.Series {
  const { bars, stepped } = UPlot.paths;
  const series: UPlot.Series = { scale, width, stroke: colour, points: { show: false } };
  // Without an outline: where nothing was skipped nothing is drawn.
  if (form === 'bars' && bars) return { ...series, width: 0, alpha: 0.65, fill: colour, paths: bars({ size: [0.9, 6], align: 1 }) };
  if (form === 'steps' && stepped) return { ...series, dash, paths: stepped({ align: 1 }) };
  return { ...series, dash };
}

/** A token's colour as a canvas takes it: in the theme that holds now. */
function resolve(host: HTMLElement, token: string): string {
  host.style.color = `var(${token})`;
  const { color } = getComputedStyle(host);
  host.style.color = '';
  return color;
}
