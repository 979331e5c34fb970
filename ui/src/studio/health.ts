import type { Health, HealthLevel, Place, State } from './bridge/bindings';
import { type Cause, causeOf } from './causes';
import type { Phrase } from './words/words';

const phrases: Record<string, Phrase> = {
  'health.good': 'healthGood',
  'health.idle': 'healthIdle',
  'health.covered': 'healthCovered',
  'health.better': 'healthBetter',
  'health.place_paused': 'healthPlacePaused',
  'health.source_lost': 'healthSourceLost',
  'health.camera_slow': 'healthCameraSlow',
  'health.muted_heard': 'healthMutedHeard',
  'health.faded_heard': 'healthFadedHeard',
  'health.silent': 'healthSilent',
  'health.clipping': 'healthClipping',
  'health.graphics_lost': 'healthGraphicsLost',
  'health.shed_preview': 'healthShedPreview',
  'health.shed_filters': 'healthShedFilters',
  'health.not_saved': 'healthNotSaved',
};

/** What is the matter with a place or this computer, where health is of that. */
export function healthCause({ code }: Pick<Health, 'code'>): Cause | null {
  return code.startsWith('health.') ? causeOf(code.slice('health.'.length)) : null;
}

/** The phrase for a state of health; `null` for one the page doesn't know: its own sentence is shown then. */
export function healthPhrase(health: Health): Phrase | null {
  const { code, subject } = health;
  const cause = healthCause(health);
  if (cause !== null) return cause.health;
  const phrase = Object.hasOwn(phrases, code) ? (phrases[code] ?? null) : null;
  // The same without a name, where none was told.
  if (phrase === 'healthClipping' && !subject) return 'healthClippingAll';
  return phrase;
}

/** What a seller still has to do before the show can go live; `null` while nothing is missing. */
export function nextStep({ health, live, pictures, places }: State): Phrase | null {
  if (live || health.code !== 'health.idle') return null;
  if (pictures.length === 0) return 'nextCamera';
  if (places.length === 0) return 'nextPlace';
  return places.some(({ on }) => on) ? null : 'nextPlaceOn';
}

/** How the line of health looks; a step to take is neither good nor bad. */
export function healthLook(state: State): HealthLevel | 'next' {
  return nextStep(state) === null ? state.health.level : 'next';
}

/** An address shown to the seller: without what stands before the host. */
export function shortAddress({ url }: Pick<Place, 'url'>): string {
  return url.replace(/^(rtmps?|srt|https?):\/\//, '');
}
