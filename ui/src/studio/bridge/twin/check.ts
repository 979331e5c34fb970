import type { CheckState, Finding, PlaceState, Reach, UploadCheck } from '../bindings';

/** What a check of the twin comes to. */
export interface Checking {
  /** What the line carries, in kbit/s; `null`: it can't be measured. */
  carries: number | null;
  /** Whether it carries more than was tried. */
  more: boolean;
  /** Places that don't merely answer, or that can't be asked. */
  reach: Readonly<Record<string, Reach>>;
  findings: Finding[];
  /** How far it ever comes, 0 to 1. */
  until: number;
}

/** Milliseconds: no test shall wait for long. */
const LASTS = 3000;
/** Half seconds that the upload is measured for. */
const MEASURED = 22;
/** kbit/s of sound beside the pictures. */
const SOUND_KBPS = 128;

const isHere = ({ url }: PlaceState) => url.includes('127.0.0.1');

/** A check of a show that goes nowhere but to this computer. */
export function localCheck(places: readonly PlaceState[]): Checking {
  const here = places.filter((place) => place.on && isHere(place)).map(({ name }) => name);
  const findings: Finding[] = [{ code: 'check.upload_unknown', level: 'warning', subjects: [] }];
  if (here.length > 0) findings.push({ code: 'check.here', level: 'warning', subjects: here });
  return { carries: null, more: false, reach: {}, findings, until: 1 };
}

/** How the check is `ms` after it was begun. */
export function checkAt(checking: Checking, all: readonly PlaceState[], ms: number): CheckState {
  const progress = Math.min(checking.until, ms / LASTS, 1);
  const done = progress >= 1;
  const places = all.filter(({ on }) => on);
  return {
    running: !done,
    progress,
    upload: checking.carries === null ? null : uploadAt(checking, checking.carries, places, progress),
    places: places.map((place, at) => {
      const known = progress > 0.2 * (at + 1) || done;
      return { name: place.name, reach: known ? (checking.reach[place.name] ?? 'reached') : 'waiting', here: isHere(place) };
    }),
    findings: done ? checking.findings : [],
  };
}

function uploadAt({ more }: Checking, carries: number, places: readonly PlaceState[], progress: number): UploadCheck {
  const needs = places.map(({ bitrate }) => bitrate + SOUND_KBPS);
  const upTo = (count: number) => needs.slice(0, count).reduce((sum, kbps) => sum + kbps, 0);
  const measure = { wanted_kbps: upTo(needs.length), kbps: kbpsOf(carries).slice(0, Math.floor(progress * MEASURED)), quiet_ms: progress > 0.1 ? 24 : null };
  if (progress < 1) return { ...measure, at_least: false };
  const fit = needs.filter((_, at) => upTo(at + 1) <= carries).length;
  return { ...measure, carries_kbps: carries, at_least: more, places: fit, loaded_ms: more ? 38 : 176 };
}

/** It is sent more and more, until the line is full. */
function kbpsOf(carries: number): number[] {
  return Array.from({ length: MEASURED }, (_, at) => {
    const wobble = 1.04 + 0.06 * Math.sin(2.3 * at);
    return Math.round(carries * Math.min(1, 0.18 * (at + 1)) * wobble);
  });
}
