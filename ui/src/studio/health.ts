import type { Health, Place } from './bridge/bindings';
import type { Phrase } from './words/words';

const phrases: Record<string, Phrase> = {
  'health.good': 'healthGood',
  'health.idle': 'healthIdle',
  'health.covered': 'healthCovered',
  'health.place_away': 'healthPlaceAway',
  'health.line_slow': 'healthLineSlow',
  'health.machine_slow': 'healthMachineSlow',
  'health.source_lost': 'healthSourceLost',
  'health.muted_heard': 'healthMutedHeard',
  'health.silent': 'healthSilent',
  'health.clipping': 'healthClipping',
  'health.graphics_lost': 'healthGraphicsLost',
  'health.not_saved': 'healthNotSaved',
};

/** The phrase for a state of health; `null` for one the page doesn't know: its own sentence is shown then. */
export function healthPhrase({ code, subject }: Health): Phrase | null {
  const phrase = Object.hasOwn(phrases, code) ? (phrases[code] ?? null) : null;
  // The same without a name, where none was told.
  if (phrase === 'healthLineSlow' && !subject) return 'healthLineSlowAll';
  if (phrase === 'healthClipping' && !subject) return 'healthClippingAll';
  return phrase;
}

/** An address shown to the seller: without what stands before the host. */
export function shortAddress({ url }: Pick<Place, 'url'>): string {
  return url.replace(/^rtmps?:\/\//, '');
}
