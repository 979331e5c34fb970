import type { Diagnosis, PlaceState } from './bridge/bindings';
import { causeOf } from './causes';
import { writeMbit } from './figures';
import type { IconName } from './parts/icons';
import type { Sentence } from './platforms';
import type { Phrase } from './words/words';

/** How a place is, at a glance. */
export interface Glance {
  level: 'good' | 'warning' | 'bad' | 'off' | 'wait';
  icon: IconName;
  phrase: Phrase;
  /** Said instead of the phrase: what is the matter, where the page has no words for it. */
  sentence?: string;
}

/** What is said of a place, while the show is live or not. */
export function glance(place: PlaceState, live: boolean): Glance {
  if (place.on && place.key_missing) return { level: 'warning', icon: 'key', phrase: 'placeKeyMissing' };
  if (!place.on) return { level: 'off', icon: 'off', phrase: 'placeOff' };
  switch (place.status) {
    case 'live':
      // Worse than whatever the cause is: viewers there see nothing.
      if (place.line === 'paused') return { level: 'bad', icon: 'bad', phrase: 'placePaused' };
      if (place.diagnosis) return matter(place.diagnosis);
      if (place.line === 'weak') return { level: 'warning', icon: 'warning', phrase: 'placeWeak' };
      return { level: 'good', icon: 'good', phrase: 'placeLive' };
    case 'away':
      // Trying again alone won't help there.
      if (place.diagnosis?.cause === 'place.refused') return matter(place.diagnosis);
      return { level: 'bad', icon: 'bad', phrase: 'placeAway' };
    case 'starting':
      return { level: 'wait', icon: 'wait', phrase: 'placeStarting' };
    case 'off':
      return { level: 'off', icon: live ? 'off' : 'good', phrase: live ? 'placeOff' : 'placeReady' };
  }
}

function matter({ cause, advice }: Diagnosis): Glance {
  const known = causeOf(cause);
  if (known === null) return { level: 'warning', icon: 'warning', phrase: 'placeWeak', sentence: advice };
  const level = known.bad ? 'bad' : 'warning';
  return { level, icon: level, phrase: known.headline };
}

/** What is said of how the show gets to a place; `null` where nothing is sent there. */
export function sendingOf({ status, passed_on, kbps }: PlaceState): Sentence | null {
  if (status !== 'live') return passed_on ? { phrase: 'throughServer', values: {} } : null;
  return { phrase: passed_on ? 'sendingThrough' : 'sending', values: { value: writeMbit(kbps) } };
}

/** A quality on offer, in kbit/s. */
export interface Quality {
  phrase: Phrase;
  bitrate: number;
}

/** The qualities on offer: what a line of that speed carries at 1280x720. */
export const qualities: readonly Quality[] = [
  { phrase: 'qualityLow', bitrate: 1200 },
  { phrase: 'qualityGood', bitrate: 2500 },
  { phrase: 'qualityBetter', bitrate: 4000 },
  { phrase: 'qualityBest', bitrate: 6000 },
];

/** The least a picture is lowered to, in kbit/s, where the seller says nothing else. */
export const usualLeast = 300;
/** What no picture is worth sending below, in kbit/s. */
export const lowestLeast = 100;

/** The most that the least may be at a place of that quality: what stands everywhere is no mistake at a poorer one. */
export function highestLeast(bitrate: number): number {
  return Math.max(bitrate, usualLeast);
}

/** Whether a picture of that quality may be said to go no lower than `least`; `null` is an empty field. */
export function isLeast(least: number | null | undefined, bitrate: number): least is number {
  return Number.isInteger(least) && Number(least) >= lowestLeast && Number(least) <= highestLeast(bitrate);
}

/** How an address of each kind is written. */
const addresses: readonly RegExp[] = [
  /^rtmps?:\/\/[^\s/@]+\/[^\s/?]+\/?$/,
  /^srt:\/\/(\[[^\s/?@\]]+\]|[^\s/?@:]+):\d+\/?$/,
  /^https?:\/\/[^\s/?#@]+\/[^\s?#@]+$/,
];

/**
 * Whether `url` is written as an address the studio takes: `rtmp://host/app`, `rtmps://host/app`, `srt://host:port`, or
 * by WHIP `https://host/path`. The stream key (by SRT the stream id) is no part of it.
 */
export function isAddress(url: string): boolean {
  return addresses.some((form) => form.test(url));
}

/** Whether `text` can be a passphrase: 10 to 79 bytes of it, or none at all. */
export function isPassphrase(text: string): boolean {
  const bytes = new TextEncoder().encode(text).length;
  return bytes === 0 || (bytes >= 10 && bytes <= 79);
}
