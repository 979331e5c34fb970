import type { History, LogEntry, Logged, MachineState, PlaceHistory, PlaceState, Strength } from '../bindings';
import { machineLog, machinePast } from './machine';

/** A show that is or was sent, as far as the twin makes up the rest. */
export interface Past {
  /** How long it has been sent. */
  seconds: number;
  /** When the line of all but the first place fell, in seconds since the show began. */
  fell: number;
  /** Where it is sent. */
  places: PlaceState[];
  /** How the computer is at its end; `null`: nobody looked, as in earlier versions. */
  machine: MachineState | null;
}

/** One second of a place. */
interface Second {
  target: number;
  sent: number;
  received: number | null;
  waiting: number;
  trip: number | null;
  lost: number | null;
  skipped: number;
  strength: Strength;
}

const SOUND_KBPS = 128;
const FALLEN_KBPS = 850;
/** For how long a place has been paused that is. */
const PAUSED = 80;
/** Seconds until a fallen place begins to climb, and until it is up again. */
const LOW = 15;
const UP = 60;
const SHOWN = 300;
const worst: readonly Strength[] = ['broken', 'weak', 'enough', 'strong', 'unknown'];

/** The history of a show: the last five minutes by the second, or the whole of it. */
export function pastOf(past: Past, whole: boolean): History {
  const end = Math.floor(past.seconds);
  const from = whole ? 0 : Math.max(0, end - SHOWN);
  const step = whole ? Math.max(1, Math.ceil(end / SHOWN)) : 1;
  const starts = Array.from({ length: Math.ceil((end - from) / step) }, (_, at) => from + at * step);
  const places = past.places.map((place, at) => columns(place, starts.map((start) => seconds(past, place, at, start, step))));
  const log = [...past.places.flatMap((place, at) => logOf(past, place, at)), ...machineLog(past)];
  return { from, step, places, machine: machinePast(past, starts, step), log: log.sort((a, b) => a.at - b.at) };
}

function seconds(past: Past, place: PlaceState, at: number, start: number, step: number): Second[] {
  return Array.from({ length: step }, (_, n) => secondOf(past, place, at, start + n));
}

/** When a place's line fell; never that of the first. Where something is the matter now, it fell then once more. */
function falls(past: Past, place: PlaceState, at: number): number[] {
  if (at === 0) return [];
  // What is the matter with the computer is not the line's fault.
  const own = place.diagnosis?.side === 'machine' ? null : place.diagnosis;
  const lasts = own?.seconds ?? (isPaused(place) ? PAUSED : null);
  return [past.fell, ...(lasts === null ? [] : [Math.floor(Math.max(past.fell + UP + 10, past.seconds - lasts))])];
}

const isPaused = ({ line }: PlaceState) => line === 'paused';
/** What a place is sent where its line has fallen: a paused one hears no more than the sound. */
const lowOf = (place: PlaceState, again: boolean) => (again && isPaused(place) ? SOUND_KBPS : FALLEN_KBPS);

function secondOf(past: Past, place: PlaceState, at: number, second: number): Second {
  const wanted = place.bitrate + SOUND_KBPS;
  const since = second - Math.max(-Infinity, ...falls(past, place, at).filter((fall) => fall <= second));
  const again = second - since > past.fell;
  const away = place.status === 'away' && again;
  const climbed = again ? 0 : Math.min(1, Math.max(0, (since - LOW) / (UP - LOW)));
  const fallen = since <= UP || again;
  const low = lowOf(place, again);
  const target = away ? 0 : Math.round(fallen ? low + (wanted - low) * climbed : wanted);
  const sent = Math.max(0, Math.round(target * (0.97 + 0.02 * Math.sin(second / 1.7 + at))));
  const waiting = away || since > 6 ? 4 + (second % 5) : Math.round(480 * Math.exp(-since / 1.6));
  return {
    target,
    sent,
    received: place.received_kbps == null ? null : sent - 9,
    waiting: away ? 0 : waiting,
    trip: away ? null : 24 + (second % 3) + Math.round(waiting / 4),
    lost: place.url.startsWith('srt:') ? (since < 5 ? 31 - 5 * since : 0) : null,
    skipped: away || low === SOUND_KBPS ? 30 : since === 0 ? 12 : since === 1 ? 6 : 0,
    strength: away ? 'broken' : since < 3 ? 'weak' : fallen && climbed < 1 ? 'enough' : 'strong',
  };
}

function columns({ name, bitrate }: PlaceState, stretches: Second[][]): PlaceHistory {
  const each = <T>(of: (stretch: Second[]) => T) => stretches.map(of);
  const most = (values: (number | null)[]) => (values.every((value) => value === null) ? null : Math.max(...values.map((value) => value ?? 0)));
  const mean = (values: number[]) => Math.round(values.reduce((sum, value) => sum + value, 0) / values.length);
  return {
    name,
    wanted_kbps: bitrate + SOUND_KBPS,
    target_kbps: each((stretch) => Math.min(...stretch.map(({ target }) => target))),
    sent_kbps: each((stretch) => mean(stretch.map(({ sent }) => sent))),
    received_kbps: each((stretch) => (stretch[0]?.received === null ? null : mean(stretch.map(({ received }) => received ?? 0)))),
    waiting_ms: each((stretch) => most(stretch.map(({ waiting }) => waiting)) ?? 0),
    rtt_ms: each((stretch) => most(stretch.map(({ trip }) => trip))),
    lost: each((stretch) => most(stretch.map(({ lost }) => lost))),
    skipped: each((stretch) => stretch.reduce((sum, { skipped }) => sum + skipped, 0)),
    strength: each((stretch) => worst.find((strength) => stretch.some((second) => second.strength === strength)) ?? 'unknown'),
  };
}

function logOf(past: Past, place: PlaceState, at: number): LogEntry[] {
  const [first, again] = falls(past, place, at);
  const log: LogEntry[] = [entry(place, 1, { what: 'reached' })];
  if (first !== undefined) log.push(...fallen(place, first, FALLEN_KBPS), ...risen(place, first));
  if (again !== undefined) log.push(...(place.status === 'away' ? gone(place, again) : fallen(place, again, lowOf(place, true))));
  return log.filter((each) => each.at <= past.seconds);
}

function fallen(place: PlaceState, at: number, to_kbps: number): LogEntry[] {
  const lowered = entry(place, at, { what: 'lowered', from_kbps: place.bitrate + SOUND_KBPS, to_kbps });
  return [lowered, entry(place, at + 2, { what: 'found', cause: 'line.full' })];
}

function risen(place: PlaceState, at: number): LogEntry[] {
  const raised = entry(place, at + LOW, { what: 'raised', from_kbps: FALLEN_KBPS, to_kbps: place.bitrate + SOUND_KBPS }, UP - LOW);
  return [raised, entry(place, at + UP + 2, { what: 'over', cause: 'line.full' })];
}

function gone(place: PlaceState, at: number): LogEntry[] {
  const cause = place.diagnosis?.cause ?? 'place.unreachable';
  return [entry(place, at, { what: 'lost', refused: cause === 'place.refused' }), entry(place, at + 5, { what: 'found', cause })];
}

function entry({ name }: PlaceState, at: number, what: Logged, lasts = 0): LogEntry {
  return { at, until: at + lasts, place: name, ...what };
}
