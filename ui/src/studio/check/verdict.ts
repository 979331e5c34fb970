import type { CheckState, Finding, PlaceCheck, PlaceState, State } from '../bridge/bindings';
import type { IconName } from '../parts/icons';
import { fromHere } from '../through';
import type { Phrase } from '../words/words';
import { type About, worstFirst, wordsOf } from './findings';

/** What a check comes to. */
export interface Verdict {
  phrase: Phrase;
  icon: IconName;
  level: 'good' | 'plain' | 'warn' | 'bad';
}

const well: Verdict = { phrase: 'checkWell', icon: 'good', level: 'good' };
// Nothing is the matter, as far as is known: no green light.
const unmeasured: Verdict = { phrase: 'checkUnmeasured', icon: 'info', level: 'plain' };
const perhaps: Verdict = { phrase: 'checkPerhaps', icon: 'warning', level: 'warn' };
const wrong: Verdict = { phrase: 'checkWrong', icon: 'bad', level: 'bad' };
const stopped: Verdict = { phrase: 'checkStopped', icon: 'off', level: 'plain' };

/** Findings that say no more than that the way to the outside isn't known. */
const unknowns: readonly string[] = ['check.upload_unknown', 'check.here'];
/** Go live says them too, and as they are now. */
const saidElsewhere: readonly string[] = ['check.no_place', 'check.key_missing'];

/** Whether a check went through to its end. */
export function isDone(check: CheckState | null | undefined): check is CheckState {
  return check != null && !check.running && check.progress >= 1;
}

/** Whether the check is of the places that are on now, and of the way the show gets to them. */
export function isOf({ places }: CheckState, state: State): boolean {
  const on = state.places.filter((place) => place.on);
  return on.length === places.length && places.every((place, at) => isSame(place, on[at]));
}

function isSame(place: PlaceCheck, now: PlaceState | undefined): boolean {
  return place.name === now?.name && Boolean(place.passed_on) === Boolean(now.passed_on);
}

/** What a check comes to that is no longer under way; `null` is one that isn't there any more. */
export function verdictOf(check: CheckState | null): Verdict {
  if (!isDone(check)) return stopped;
  const found = check.findings.filter(({ level }) => level !== 'good');
  if (found.some(({ level }) => level === 'bad')) return wrong;
  if (found.some(({ code }) => !unknowns.includes(code))) return perhaps;
  if (check.upload?.carries_kbps == null) return unmeasured;
  return found.length === 0 && isEnough(check) ? well : perhaps;
}

/** Whether the upload was measured, and carries what all places are to be sent from here. */
export function isEnough({ upload, places }: CheckState): boolean {
  return upload?.carries_kbps != null && (upload.places ?? 0) >= fromHere(places).length;
}

const fines: readonly { about: About; phrase: Phrase; known: (check: CheckState) => boolean }[] = [
  { about: 'upload', phrase: 'fineUpload', known: isEnough },
  { about: 'places', phrase: 'finePlaces', known: ({ places }) => places.length > 0 && places.every(({ reach }) => reach === 'reached') },
  { about: 'cameras', phrase: 'fineCameras', known: () => true },
  { about: 'sound', phrase: 'fineSound', known: () => true },
  { about: 'machine', phrase: 'fineMachine', known: () => true },
];

/** What is known to be well. */
export function fineOf(check: CheckState): Phrase[] {
  const about = new Set(check.findings.map(({ code }) => wordsOf(code)?.about));
  return fines.filter((fine) => !about.has(fine.about) && fine.known(check)).map(({ phrase }) => phrase);
}

/** What a check of the places that are on now has found that will go wrong, and that Go live doesn't say itself. */
export function hintsOf(state: State): Finding[] {
  const { check } = state;
  if (!isDone(check) || !isOf(check, state)) return [];
  return worstFirst(check.findings).filter(({ code, level }) => level === 'bad' && !saidElsewhere.includes(code));
}
