import { fromHere } from '../../through';
import type { CheckState, Finding, PlaceState, Reach, State, UploadCheck } from '../bindings';
import { needsOf, onceOf } from './once';

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

const isHere = ({ url }: PlaceState) => url.includes('127.0.0.1');

/** A check of a show that goes nowhere but to this computer. */
export function localCheck(places: readonly PlaceState[]): Checking {
  const here = places.filter((place) => place.on && isHere(place)).map(({ name }) => name);
  const findings: Finding[] = [{ code: 'check.upload_unknown', level: 'warning', subjects: [] }];
  if (here.length > 0) findings.push({ code: 'check.here', level: 'warning', subjects: here });
  return { carries: null, more: false, reach: {}, findings, until: 1 };
}

/** How the check is `ms` after it was begun. */
export function checkAt(checking: Checking, show: Pick<State, 'places' | 'companion'>, ms: number): CheckState {
  const progress = Math.min(checking.until, ms / LASTS, 1);
  const done = progress >= 1;
  const places = show.places.filter(({ on }) => on);
  const fits = checking.carries === null || needsOf(fromHere(places)) <= checking.carries;
  return {
    running: !done,
    progress,
    upload: checking.carries === null ? null : uploadAt(checking, checking.carries, fromHere(places), progress),
    places: places.map((place, at) => {
      const known = progress > 0.2 * (at + 1) || done;
      const reach = known ? (checking.reach[place.name] ?? 'reached') : 'waiting';
      return { name: place.name, reach, here: isHere(place), passed_on: place.passed_on ?? false };
    }),
    findings: done ? checking.findings.filter(({ code }) => !fits || code !== 'check.upload_small') : [],
    once: done && checking.carries !== null ? onceOf(show, checking.carries) : null,
  };
}

function uploadAt({ more }: Checking, carries: number, places: readonly PlaceState[], progress: number): UploadCheck {
  const upTo = (count: number) => needsOf(places.slice(0, count));
  const measure = { wanted_kbps: needsOf(places), kbps: kbpsOf(carries).slice(0, Math.floor(progress * MEASURED)), quiet_ms: progress > 0.1 ? 24 : null };
  if (progress < 1) return { ...measure, at_least: false };
  const fit = places.filter((_, at) => upTo(at + 1) <= carries).length;
  return { ...measure, carries_kbps: carries, at_least: more, places: fit, loaded_ms: more ? 38 : 176 };
}

/** It is sent more and more, until the line is full. */
function kbpsOf(carries: number): number[] {
  return Array.from({ length: MEASURED }, (_, at) => {
    const wobble = 1.04 + 0.06 * Math.sin(2.3 * at);
    return Math.round(carries * Math.min(1, 0.18 * (at + 1)) * wobble);
  });
}
