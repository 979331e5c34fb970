import type { UploadCheck } from '../bridge/bindings';
import { writeMbit } from '../figures';
import { type Graph, line } from '../support/graphs';
import type { Phrase, Say, Values } from '../words/words';

/** Seconds of one value. */
const STEP = 0.5;
/** Seconds that the graph shows at least: about as long as it takes. */
const SPAN = 12;

/** What was measured, beside what is needed, in Mbit/s. */
export function graphOf({ kbps, wanted_kbps }: UploadCheck, running: boolean): Graph {
  const wanted = wanted_kbps / 1000;
  // Without a value there would be no graph: it is there from the beginning.
  const measured = kbps.length === 0 ? [null] : kbps.map((value) => value / 1000);
  // What is needed stands beyond what was measured, too.
  const times = Array.from({ length: Math.max(measured.length, SPAN / STEP + 1) }, (_, at) => at * STEP);
  const write = (value: number) => writeMbit(value * 1000);
  return {
    title: 'mbitUnit',
    times,
    last: measured.length - 1,
    span: SPAN,
    step: STEP,
    reach: wanted,
    strengths: null,
    lines: [
      { ...line, phrase: 'uploadNeeded', colour: '--graph-chosen', width: 1.5, dash: [2, 4], values: times.map(() => wanted), write },
      {
        ...line,
        phrase: running ? 'lineSent' : 'lineReceived',
        colour: running ? '--graph-sent' : '--graph-received',
        width: 2.5,
        values: times.map((_, at) => measured[at] ?? null),
        write,
      },
    ],
  };
}

/** The graph for those who can't see it. */
export function tellUpload({ kbps, wanted_kbps }: UploadCheck, say: Say): string {
  return say('uploadText', {
    most: writeMbit(Math.max(0, ...kbps)),
    now: writeMbit(kbps.at(-1) ?? 0),
    wanted: writeMbit(wanted_kbps),
  });
}

/** A figure of the upload: how it is called, and what it is; nothing where that isn't known. */
export interface Fact {
  label: Phrase;
  value: { phrase: Phrase; values: Values } | null;
}

/** What is known of an upload on which `all` places depend. */
export function factsOf(upload: UploadCheck, all: number): Fact[] {
  const mbit = (phrase: Phrase, kbps: number) => ({ phrase, values: { value: writeMbit(kbps) } });
  const { carries_kbps: carries, places } = upload;
  return [
    { label: 'uploadCarries', value: carries == null ? null : mbit(upload.at_least ? 'uploadAtLeast' : 'mbit', carries) },
    { label: 'uploadNeeded', value: mbit('mbit', upload.wanted_kbps) },
    { label: 'uploadEnough', value: places == null ? null : enoughFor(places, all) },
    { label: 'uploadDelay', value: delayOf(upload) },
  ];
}

function enoughFor(count: number, all: number): Fact['value'] {
  if (count >= all) return { phrase: 'allPlaces', values: {} };
  return { phrase: count === 0 ? 'uploadNoPlace' : 'uploadPlaces', values: { count, all } };
}

function delayOf({ quiet_ms, loaded_ms }: UploadCheck): Fact['value'] {
  if (quiet_ms == null) return null;
  const quiet = Math.round(quiet_ms);
  if (loaded_ms == null) return { phrase: 'uploadQuiet', values: { value: quiet } };
  return { phrase: 'uploadDelays', values: { quiet, loaded: Math.round(loaded_ms) } };
}
