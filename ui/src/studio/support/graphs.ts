import type { History, PlaceHistory, Strength } from '../bridge/bindings';
import { writeMbit } from '../figures';
import type { Phrase, Say } from '../words/words';
import { sumUpStrip } from './strip';

/** A line of a graph, or bars. */
export interface Line {
  phrase: Phrase;
  /** The token of its colour. */
  colour: `--graph-${string}`;
  form: 'line' | 'steps' | 'bars';
  /** What it is measured on: the axis at the left, that at the right, or none. */
  scale: 'left' | 'right' | 'none';
  width: number;
  /** Pixels drawn and left out by turns; nothing: all of them. */
  dash: number[];
  /** One for each stretch; `null` where it isn't known. */
  values: (number | null)[];
  /** A value as people read it. */
  write: (value: number) => string;
}

/** One graph of a place, or of this computer. */
export interface Graph {
  title: Phrase;
  /** When each stretch begins, in seconds since the show did. */
  times: number[];
  /** For how many seconds each lasts. */
  step: number;
  /** The last stretch of which something can be known; absent: the last one. */
  last?: number;
  /** Seconds that are shown at least; absent: as many as a show soon has. */
  span?: number;
  /** In the order in which they are drawn: bars lie below the others. */
  lines: Line[];
  /** The axis at the left reaches at least so far: what is small is not to look large. */
  reach: number;
  /** How strong the line was in each, for a strip below; `null`: there is none. */
  strengths: Strength[] | null;
}

export type Column = readonly (number | null)[];

const mbit = (column: Column) => column.map((kbps) => (kbps === null ? null : kbps / 1000));
const isKnown = (column: Column) => column.some((value) => value !== null);
export const whole = (value: number) => String(Math.round(value));
const writeRate = (value: number) => writeMbit(value * 1000);
const writePart = (value: number) => `${value.toFixed(1)} %`;
export const percent = (value: number) => `${whole(value)} %`;

export const line = { form: 'line', scale: 'left', width: 2, dash: [] as number[] } as const;
export const bars = { form: 'bars', width: 1, dash: [] as number[] } as const;

/** When the stretches begin for which `column` has values. */
export function timesOf({ from, step }: History, column: Column): number[] {
  return column.map((_, at) => from + at * step);
}

/** What a place was to be sent, was sent and has received, in Mbit/s; and the pictures it was not sent. */
export function ratesOf(history: History, place: PlaceHistory): Graph {
  const times = timesOf(history, place.sent_kbps);
  const wanted = times.map(() => place.wanted_kbps / 1000);
  const [aim, sent, received] = [mbit(place.target_kbps), mbit(place.sent_kbps), mbit(place.received_kbps)];
  return {
    title: 'graphRates',
    times,
    step: history.step,
    reach: place.wanted_kbps / 1000,
    strengths: place.strength,
    lines: [
      { ...bars, phrase: 'lineSkipped', colour: '--graph-skipped', scale: 'none', values: place.skipped, write: whole },
      { ...line, phrase: 'lineChosen', colour: '--graph-chosen', width: 1, dash: [2, 4], values: wanted, write: writeRate },
      { ...line, phrase: 'lineAim', colour: '--graph-aim', form: 'steps', width: 1.25, dash: [8, 3], values: aim, write: writeRate },
      { ...line, phrase: 'lineSent', colour: '--graph-sent', width: 2.5, values: sent, write: writeRate },
      { ...line, phrase: 'lineReceived', colour: '--graph-received', dash: [3, 4], values: received, write: writeRate },
    ],
  };
}

/** How long what goes to a place waits and is on its way, in milliseconds; and how much of it gets lost, in percent. */
export function timesTaken(history: History, place: PlaceHistory): Graph {
  const lost = place.lost.map((thousandths) => (thousandths === null ? null : thousandths / 10));
  const lines: Line[] = [
    { ...line, phrase: 'lineWaiting', colour: '--graph-waiting', width: 2.5, values: place.waiting_ms, write: whole },
    { ...line, phrase: 'lineTrip', colour: '--graph-trip', width: 1.5, dash: [6, 3], values: place.rtt_ms, write: whole },
  ];
  if (isKnown(lost)) {
    lines.unshift({ ...bars, phrase: 'lineLost', colour: '--graph-lost', scale: 'right', values: lost, write: writePart });
  }
  return { title: 'graphTimes', times: timesOf(history, place.sent_kbps), step: history.step, lines, reach: 200, strengths: null };
}

/** What a line's value at a stretch is, as people read it; `null` where it isn't known. */
export function writeValue({ values, write }: Line, at: number): string | null {
  const value = values[at] ?? null;
  return value === null ? null : write(value);
}

/** The graph of what a place was sent, and the strip below it, for those who can't see them. */
export function tellRates({ step }: History, { name, sent_kbps, skipped, strength }: PlaceHistory, say: Say): string {
  const now = writeMbit(sent_kbps.at(-1) ?? 0);
  const least = writeMbit(sent_kbps.reduce((least, kbps) => Math.min(least, kbps), sent_kbps[0] ?? 0));
  const count = skipped.reduce((sum, count) => sum + count, 0);
  const text = say('graphRatesText', { name, now, least, count });
  const sum = sumUpStrip(step, strength);
  if (sum === null) return text;
  const told = say('graphStrongText', { text, part: sum.strong });
  return sum.broken === 0 ? told : say('graphBrokenText', { text: told, seconds: sum.broken });
}

/** The graph of how long what goes to a place takes, for those who can't see it. */
export function tellTimes({ name, waiting_ms }: PlaceHistory, say: Say): string {
  const most = waiting_ms.reduce((most, ms) => Math.max(most, ms), 0);
  return say('graphTimesText', { name, now: whole(waiting_ms.at(-1) ?? 0), most: whole(most) });
}
