import type { PlaceState, State } from './bridge/bindings';
import { fromHere } from './through';

/** What stands in the line of figures. */
export interface Figures {
  /** kbit/s handed to the network, to all places together. */
  kbps: number;
  /** Pictures that viewers miss: those late, and those a place wasn't sent. */
  skipped: number;
}

export function figuresOf(state: State): Figures {
  const sum = (places: PlaceState[], of: (place: PlaceState) => number) => places.reduce((all, place) => all + of(place), 0);
  return {
    kbps: sum(fromHere(state.places), (place) => place.kbps),
    skipped: state.program_frames.late + sum(state.places, (place) => place.skipped),
  };
}

/** Milliseconds that the pace is taken over: states don't come to the millisecond. */
const OVER = 3000;
const ENOUGH = 1500;

/** Pictures a second that came in time, over the last few states. */
export class Pace {
  #told: { at: number; good: number }[] = [];

  /** Takes the state told at `now` (ms); answers the pace, or `null` while it isn't known. */
  add({ due, late, repeated }: State['program_frames'], now: number): number | null {
    const good = due - late - repeated;
    // Another show begins.
    if (good < (this.#told.at(-1)?.good ?? 0)) this.#told = [];
    this.#told.push({ at: now, good });
    while ((this.#told[1]?.at ?? now) <= now - OVER) this.#told.shift();
    const from = this.#told[0];
    if (from === undefined || now - from.at < ENOUGH) return null;
    return ((good - from.good) * 1000) / (now - from.at);
  }
}

/** `0:07`, `12:05` or `1:02:33`. */
export function writeTime(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n: number) => String(n).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** kbit/s in Mbit/s: `2.4`. */
export function writeMbit(kbps: number): string {
  // In whole tenths first: 0.85 is a little less than that in binary.
  return (Math.round(kbps / 100) / 10).toFixed(1);
}
