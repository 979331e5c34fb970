import type { Delay } from './delay';

/** How often a playing page reports, ms. */
export const BEAT_EVERY = 5000;

/** What a page reports of itself; the server's `Beat`. Times in whole ms. */
export interface Beat {
  sid: string;
  event: 'first_frame' | 'beat' | 'stall';
  protocol: 'flv' | 'll-hls' | 'whep';
  since_open_ms: number;
  delay_ms: number | null;
  delay_error_ms: number | null;
  estimated: boolean;
  position_ms: number;
}

/** What a report is made of. */
export interface State {
  protocol: Beat['protocol'];
  /** Since the page was opened, ms. */
  sinceOpen: number;
  delay: Delay | null;
  /** Place in the media, seconds. */
  position: number;
}

/** A random name for this opening of the page; it says nothing about the viewer. */
export function newSid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The report of `event`. */
export function makeBeat(sid: string, event: Beat['event'], state: State): Beat {
  return {
    sid,
    event,
    protocol: state.protocol,
    since_open_ms: Math.round(state.sinceOpen),
    delay_ms: state.delay === null ? null : Math.round(state.delay.delay),
    delay_error_ms: state.delay === null ? null : Math.ceil(state.delay.error),
    estimated: state.delay?.estimated ?? false,
    position_ms: Math.round(state.position * 1000),
  };
}

/** Sends reports, at most two a second, which is what the server takes; what is beyond is not sent. */
export class Reporter {
  #sent: number[] = [];

  constructor(
    private readonly send: (beat: Beat) => void,
    readonly sid = newSid(),
  ) {}

  /** Reports `event` at `now` (ms); answers whether it was sent. */
  report(event: Beat['event'], now: number, state: State): boolean {
    this.#sent = this.#sent.filter((at) => now - at < 1000);
    if (this.#sent.length >= 2) return false;
    this.#sent.push(now);
    this.send(makeBeat(this.sid, event, state));
    return true;
  }
}

/** Posts a report; a report that gets lost is no matter for the viewer. */
export function postBeat(url: string, beat: Beat): void {
  const body = JSON.stringify(beat);
  const headers = { 'content-type': 'application/json' };
  fetch(url, { method: 'POST', body, headers, keepalive: true }).catch(() => undefined);
}
